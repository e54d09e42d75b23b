"""Every way to divide patients into groups, with the caution that belongs to it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grouping:
    """One way to divide patients.

    Attributes
    ----------
    name : str
        What a caller types, ``by="technique"``, and the column of the result.
    column : str
        Column of `Changes` that it reads.
    label : str
        For axes and table headings.
    question : str
        Completes "How much did patients improve ...?".
    caution : str
        What a reader must know before comparing these groups.
    bins : tuple of (int, str)
        Lowest value and label of each bin; empty where the column holds categories already.
    """

    name: str
    column: str
    label: str
    question: str
    caution: str
    bins: tuple[tuple[int, str], ...] = ()


GROUPINGS = {
    grouping.name: grouping
    for grouping in (
        Grouping(
            "technique",
            "technique",
            "Technique",
            "by technique",
            "Nobody was assigned a technique at random: therapists chose it for a reason, so "
            "groups differ in more than the technique. Sessions often combine techniques; each "
            "patient is counted under one main technique.",
        ),
        Grouping(
            "condition",
            "condition",
            "Condition",
            "by condition",
            "Conditions differ in how they change without any care, so a larger change in one does "
            "not mean that care works better for it.",
        ),
        Grouping(
            "n_follow_ups",
            "n_follow_ups",
            "Follow-up sessions before the later score",
            "by number of follow-up sessions",
            "Patients choose how long to keep coming: some stop because they are well, some "
            "because they are discouraged. Differences between these groups are not what a "
            "further session brings.",
            bins=((0, "0"), (1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5"), (6, "6 or more")),
        ),
        Grouping(
            "therapist",
            "therapist",
            "Therapist",
            "by therapist",
            "Therapists see different patients and score in their own way; small groups swing "
            "widely by chance. This is not a ranking.",
        ),
        Grouping(
            "clinic",
            "clinic",
            "Clinic",
            "by clinic",
            "Clinics see different patients; these numbers are not adjusted for that. This is not "
            "a ranking.",
        ),
        Grouping(
            "procedure",
            "procedure",
            "Procedure",
            "by procedure",
            "Procedures are chosen for a reason, so these groups differ in more than the "
            "procedure.",
        ),
        Grouping(
            "sex",
            "sex",
            "Sex",
            "by sex",
            "Groups may differ in more than sex.",
        ),
        Grouping(
            "age_band",
            "age",
            "Age",
            "by age",
            "Age groups may differ in condition and severity too.",
            bins=((0, "under 40"), (40, "40 to 59"), (60, "60 to 74"), (75, "75 and over")),
        ),
        Grouping(
            "side",
            "side",
            "Side",
            "by side",
            "Sides are described, not compared.",
        ),
    )
}
