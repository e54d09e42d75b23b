"""Numbers of persons that carry a check digit, and whether a text is one."""

import re

_NOT_DIGITS = re.compile(r"\D")
#: Weights of Australia's Medicare number, and of British Columbia's health number.
_MEDICARE = (1, 3, 7, 9, 1, 3, 7, 9)
_BC_HEALTH = (2, 4, 8, 5, 10, 9, 7, 3)


def digits_of(text: str) -> str:
    """The digits of a text, without what stands between them."""
    return _NOT_DIGITS.sub("", text)


def passes_luhn(digits: str) -> bool:
    """Whether digits pass the check of Luhn (ISO/IEC 7812-1), as Canada's SIN does.

    Examples
    --------
    >>> passes_luhn("046454286"), passes_luhn("046454287")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits pass modulus 11, as the NHS Data Dictionary gives it for England.

    Examples
    --------
    >>> is_nhs_number("9434765919"), is_nhs_number("9434765918")
    (True, False)
    """
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9]))
    return (11 - total % 11) % 11 == int(digits[9])


def is_medicare_number(digits: str) -> bool:
    """Whether ten or eleven digits are an Australian Medicare number.

    Examples
    --------
    >>> is_medicare_number("2123456701"), is_medicare_number("2123456711")
    (True, False)
    """
    if len(digits) not in (10, 11) or digits[0] not in "23456":
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits[:8], _MEDICARE, strict=True))
    return total % 10 == int(digits[8])


def is_bc_health_number(digits: str) -> bool:
    """Whether ten digits are a personal health number of British Columbia: 9, and modulus 11."""
    if len(digits) != 10 or digits[0] != "9":
        return False
    total = sum(
        int(digit) * weight % 11 for digit, weight in zip(digits[1:9], _BC_HEALTH, strict=True)
    )
    return 11 - total % 11 == int(digits[9])


def is_sin(digits: str) -> bool:
    """Whether nine digits are a Canadian social insurance number."""
    return len(digits) == 9 and len(set(digits)) > 1 and passes_luhn(digits)


def is_ssn(area: str, group: str, serial: str) -> bool:
    """Whether the parts are a US social security number: it has no check digit, only gaps.

    Examples
    --------
    >>> is_ssn("219", "09", "9999"), is_ssn("666", "09", "9999"), is_ssn("219", "00", "9999")
    (True, False, False)
    """
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"
