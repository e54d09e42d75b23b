"""Words that few clients share, pooled before they leave the clinic."""

import pandas as pd

from hipoutcomes.privacy.personal_text import kind_of_text

OTHER = "other"


def shared_words(words: pd.Series, patients: pd.Series, least: int) -> frozenset[str]:
    """Words of a column that at least so many clients share, none of which looks personal.

    Examples
    --------
    >>> words, patients = pd.Series(["a", "a", "b", "a@b.org"]), pd.Series([1, 2, 3, 4])
    >>> sorted(shared_words(words, patients, 2)), sorted(shared_words(words, patients, 1))
    (['a'], ['a', 'b'])
    """
    pairs = pd.DataFrame({"word": words.astype(object).array, "patient": patients.to_numpy()})
    counts = pairs.dropna().drop_duplicates()["word"].value_counts()
    return frozenset(
        str(word) for word, n in counts.items() if n >= least and not kind_of_text(str(word))
    )


def pooled(words: pd.Series, shared: frozenset[str]) -> pd.Series:
    """A column in which every other word is 'other'; blanks stay blank."""
    words = words.astype(object)
    return words.where(words.isna() | words.isin(shared), OTHER)


def pooled_lists(lists: pd.Series, patients: pd.Series, least: int) -> pd.Series:
    """The same for a column of words joined by ``;``."""
    split = lists.astype(object).str.split(";")
    each = pd.DataFrame({"word": split.array, "patient": patients.to_numpy()}).explode("word")
    shared = shared_words(each["word"].str.strip(), each["patient"], least)

    def said(words: object) -> object:
        if not isinstance(words, list):
            return None
        kept = (word.strip() if word.strip() in shared else OTHER for word in words)
        return ";".join(dict.fromkeys(kept))

    return split.map(said)
