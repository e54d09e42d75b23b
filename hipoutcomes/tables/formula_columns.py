"""A formula as formulaic reads it, and the columns of a frame that its terms name."""

import ast
import re

import formulaic
from formulaic.errors import FormulaicError
from formulaic.transforms import TRANSFORMS


def parsed_formula(formula: str) -> formulaic.Formula:
    """Read a formula that has an outcome and one right-hand side.

    Raises
    ------
    ValueError
        When it cannot be read, or has another shape.

    Examples
    --------
    >>> parsed_formula("final ~ arm").rhs.required_variables
    {'arm'}
    """
    try:
        parsed = formulaic.Formula(formula)
    except FormulaicError as error:
        plain = re.sub(r"\x1b\[[0-9;]*m|[⧛⧚]", "", str(error)).split(". ")[0].strip()
        raise ValueError(f"The formula '{formula}' cannot be read: {plain}") from error
    if not hasattr(parsed, "lhs") or not isinstance(parsed.rhs, formulaic.SimpleFormula):
        raise ValueError(
            f"The formula '{formula}' must have one outcome and one right-hand side, such as "
            "'outcome ~ group + baseline'."
        )
    return parsed


def columns_named(terms, columns) -> list[str]:
    """Columns of the frame that terms name, in their order, also inside ``poly()`` and its like.

    Examples
    --------
    >>> columns_named(parsed_formula("y ~ poly(age, 2):arm + arm").rhs, ["age", "arm"])
    ['arm', 'age']
    """
    factors = [factor for term in terms for factor in term.factors]
    return list(
        dict.fromkeys(name for factor in factors for name in factor_columns(factor, columns))
    )


def factor_columns(factor, columns=()) -> list[str]:
    """Columns that one factor of a term names.

    Examples
    --------
    >>> [factor] = parsed_formula("y ~ 0 + C(arm)").rhs[0].factors
    >>> factor_columns(factor)
    ['arm']
    """
    if factor.eval_method.value == "lookup":
        return [factor.expr]
    return _names_in(factor.expr, columns) if factor.eval_method.value == "python" else []


def _names_in(expression: str, columns) -> list[str]:
    """Names in an expression that are no function: quoted ones as they are."""
    quoted = re.findall(r"`([^`]+)`", expression)
    tree = ast.parse(re.sub(r"`[^`]+`", "0", expression), mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    plain = [
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called
    ]
    return quoted + [name for name in plain if name in columns or name not in TRANSFORMS]
