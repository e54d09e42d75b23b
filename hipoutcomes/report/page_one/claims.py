"""What an owner may say and should not: sentences made from the numbers, within the design.

Nobody in these records went without care and nobody was assigned a technique at random. So a
sentence may count, may say what scores were, and may say how they changed. No sentence here says
what brought a change about.
"""

from hipoutcomes.report.page_one.headline import Headline, MeanChange, Shares
from hipoutcomes.report.plain_numbers import between, count, of_people, score, share


def may_say(headline: Headline) -> tuple[str, ...]:
    """Sentences that the records carry, each with its numbers."""
    said = [_seen(headline)]
    if headline.pain and headline.n_due:
        said.append(measured_again(headline))
    if headline.pain and headline.pain.has_estimate:
        said.append(mean_change(headline.pain, headline.when))
    if headline.shares:
        said.append(share_better(headline.shares))
    if headline.immediate and headline.immediate.has_estimate:
        said.append(straight_after(headline.immediate))
    return tuple(said[:4])


def dont_say(headline: Headline) -> tuple[str, ...]:
    """Sentences that an owner may be tempted to say, and why the records do not carry them."""
    noun = headline.pain.noun if headline.pain else "pain"
    is_higher = headline.pain is not None and headline.pain.better == "higher"
    said = [
        f"“Our care {'improves' if is_higher else 'lowers'} {noun}.” Everyone here had care, so "
        "nobody can tell what would have happened without it."
    ]
    said += _comparisons(headline)
    if headline.shares and headline.n_lost:
        said.append(
            f"“{share(headline.shares.share_better)} of our clients get better.” That is the share "
            f"among the {count(headline.n_measured)} measured again; {count(headline.n_lost)} who "
            f"were due {_were(headline.n_lost)} not."
        )
    if headline.n_sessions:
        said.append(
            "“More appointments bring better results.” Clients choose how long to keep coming, "
            "often because of how they feel."
        )
    return tuple(said)


def mean_change(change: MeanChange, when: str) -> str:
    """How a mean score changed, as observed.

    Examples
    --------
    >>> pain = MeanChange("pain", "pain", "Pain, 0-10", "points", "lower", 48, 61, 5.6, 3.5, 2.1,
    ...     1.7, 2.5)
    >>> mean_change(pain, "around week 6")
    'Among the 48 clients measured at both times, the mean pain score was 5.6 at the start and 3.5
    around week 6: 2.1 points lower (likely range 1.7 to 2.5).'
    """
    return (
        f"Among the {count(change.n)} clients measured at both times, the mean {change.scored} "
        f"was {score(change.first)} at the start and {score(change.later)} {when}: "
        f"{how_much(change)}.{alone(change)}"
    )


def alone(change: MeanChange) -> str:
    """What re-measuring alone would do to the mean; empty where that is not known.

    Examples
    --------
    >>> pain = MeanChange("pain", "pain", "Pain, 0-10", "points", "lower", 48, 61, 5.6, 3.5, 2.1,
    ...     1.7, 2.5, (0.2, 1.4))
    >>> alone(pain)
    ' Re-measuring alone would give 0.2 to 1.4 points lower.'
    """
    if change.alone is None:
        return ""
    low, high = change.alone
    if round(low, 1) <= 0:
        return f" Re-measuring alone would give up to {score(high)} {change.unit} {change.better}."
    ends = between(score(low), score(high))
    return f" Re-measuring alone would give {ends} {change.unit} {change.better}."


def how_much(change: MeanChange) -> str:
    """Size and direction of an observed change with its likely range.

    Examples
    --------
    >>> how_much(MeanChange("lefs", "function", "LEFS", "points", "higher", 30, 40, 50, 49, -1.0,
    ...     -3.2, 1.2))
    '1.0 points lower (likely range 3.2 lower to 1.2 higher, which may be no change at all)'
    """
    worse = {"lower": "higher", "higher": "lower"}[change.better]
    direction = change.better if change.improvement >= 0 else worse
    amount = f"{score(abs(change.improvement))} {change.unit} {direction}"
    if change.low is None or change.high is None:
        return amount
    if not change.may_be_nothing:
        ends = sorted((abs(change.low), abs(change.high)))
        if change.improvement < 0:
            amount += ", which is worse"
        return f"{amount} (likely range {between(*map(score, ends))})"
    ends = f"{score(abs(change.low))} {worse} to {score(abs(change.high))} {change.better}"
    return f"{amount} (likely range {ends}, which may be no change at all)"


def share_better(shares: Shares) -> str:
    """The share that got better, beside what re-measuring alone would give."""
    said = (
        f"{count(shares.n_better)} of {count(shares.n_eligible)} clients "
        f"({share(shares.share_better)}) were better by {amount(shares)}; "
        f"{share(shares.share_worse)} were worse by as much."
    )
    if shares.expected_better is None:
        return said
    expected = between(*map(share, shares.expected_better))
    if shares.beyond_re_measuring:
        return f"{said} Re-measuring alone would make {expected} look better."
    return (
        f"{said} Re-measuring alone would make {expected} look better, so this may be no more than "
        "scores going up and down by themselves."
    )


def amount(shares: Shares) -> str:
    """How much change counts: '2 or more points'."""
    size = f"{shares.threshold:g}"
    more = f"more than {size}" if shares.operator == ">" else f"{size} or more"
    return f"{more} {shares.unit}".strip()


def straight_after(change: MeanChange) -> str:
    """The change within an appointment, kept apart from lasting change."""
    worse = {"lower": "higher", "higher": "lower"}[change.better]
    direction = change.better if change.improvement >= 0 else worse
    return (
        f"Straight after an appointment, the mean {change.scored} was "
        f"{score(abs(change.improvement))} {change.unit} {direction} than just before it. That is "
        "the same day, not a lasting change."
    )


def measured_again(headline: Headline) -> str:
    """How many of those due have a later score."""
    return (
        f"{count(headline.n_measured)} of the {of_people(headline.n_due)} who were due a later "
        f"score were measured again {headline.when} "
        f"({share(headline.n_measured / headline.n_due)})."
    )


def _seen(headline: Headline) -> str:
    """How many came."""
    if not headline.n_sessions:
        return f"These records hold {of_people(headline.n_seen)}."
    return f"{of_people(headline.n_seen)} came for {of_people(headline.n_sessions, 'appointment')}."


def cannot_compare(headline: Headline) -> str:
    """That the records describe and do not compare, and what a comparison would need."""
    impossible = [c for c in headline.comparable if not c.possible]
    if not impossible:
        return ""
    names = " or ".join(f"{c.grouping}s" for c in impossible)
    needed = max(impossible, key=lambda c: c.patients_needed)
    return (
        f"These records can describe how {headline.pain.noun if headline.pain else 'pain'} "
        f"changed; they cannot compare {names}. To see a difference of {needed.difference} between "
        f"two would take about {count(needed.patients_needed)} clients measured again for each."
    )


def _comparisons(headline: Headline) -> list[str]:
    """Why techniques or therapists are not to be ranked, with what a comparison would need."""
    if not headline.comparable:
        return []
    if cannot := cannot_compare(headline):
        impossible = next(c for c in headline.comparable if not c.possible)
        return [f"“One {impossible.grouping} works better than another.” {cannot}"]
    return [
        f"“One {headline.comparable[0].grouping} works better than another.” They were chosen for "
        "a reason, so their clients differed before any treatment. The tables describe; they do "
        "not rank."
    ]


def _were(n: int) -> str:
    """Was or were."""
    return "was" if n == 1 else "were"
