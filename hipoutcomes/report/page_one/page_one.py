"""Page one: what an owner reads if nothing else is read."""

from hipoutcomes.report.page_one.claims import (
    alone,
    amount,
    cannot_compare,
    dont_say,
    how_much,
    may_say,
    straight_after,
)
from hipoutcomes.report.page_one.headline import Headline, MeanChange, Shares
from hipoutcomes.report.parts import Count, Figure, Outcome, PageOne, ScoreChange
from hipoutcomes.report.plain_numbers import between, count, of_people, score, share


def page_one(headline: Headline, record_next: tuple[str, ...], figure: Figure | None) -> PageOne:
    """Put page one together from the headline's numbers.

    Parameters
    ----------
    headline : Headline
    record_next : tuple of str
        Three things worth recording from now on.
    figure : Figure or None
        The one chart.
    """
    shares = headline.shares
    return PageOne(
        findings=findings(headline),
        counts=_counts(headline),
        scores=tuple(
            _score_change(change, headline)
            for change in (headline.pain, headline.mobility)
            if change is not None
        ),
        outcomes=_outcomes(shares) if shares else (),
        outcomes_note=_outcomes_note(headline, shares) if shares else "",
        figure=figure,
        limits=limits(headline),
        may_say=may_say(headline),
        dont_say=dont_say(headline),
        record_next=record_next,
    )


def findings(headline: Headline) -> tuple[str, ...]:
    """At least one finding that can be used, whatever the records hold."""
    said = []
    pain = headline.pain
    if pain is not None and pain.has_estimate:
        said.append(
            f"{count(headline.n_measured)} of {of_people(headline.n_due)} who were due were "
            f"measured again {headline.when}. Their mean {pain.scored} went from "
            f"{score(pain.first)} to {score(pain.later)}: {how_much(pain)}."
        )
        if headline.shares and headline.shares.expected_better:
            said.append(_against_re_measuring(headline.shares))
    elif headline.immediate is not None and headline.immediate.has_estimate:
        said += [straight_after(headline.immediate), _not_enough(headline)]
    else:
        said += [_who_came(headline), _not_enough(headline)]
    return tuple(said)


def limits(headline: Headline) -> tuple[str, ...]:
    """Three limits that hold for these records."""
    said = [
        "Everyone here had care. Pain often eases by itself, and people tend to come when it is "
        "worst, so these numbers cannot say how much of a change care brought about."
    ]
    if headline.n_lost:
        verb = "was" if headline.n_lost == 1 else "were"
        said.append(
            f"{count(headline.n_lost)} of the {of_people(headline.n_due)} who were due {verb} not "
            "measured again. They may have done better or worse than the others."
            + (f" {headline.missing}" if headline.missing else "")
        )
    elif headline.n_measured < headline.n_seen:
        few = f"Only {count(headline.n_measured)}" if headline.n_measured else "None"
        said.append(
            f"{few} of {of_people(headline.n_seen)} could be counted so far; the sections below "
            "say where the others are."
        )
    said += [
        cannot_compare(headline)
        or "Nobody was assigned a technique or a therapist by chance, so groups differ in more "
        "than that, and small groups swing widely.",
        "A score is what a client says on one day; it moves up and down by itself.",
    ]
    return tuple(said[:3])


def _counts(headline: Headline) -> tuple[Count, ...]:
    """Seen, due, measured."""
    visits = of_people(headline.n_sessions, "appointment") if headline.n_sessions else ""
    not_yet = headline.flow.get("not yet due", 0)
    running = headline.flow.get("already running", 0)
    no_first = headline.flow.get("no first score", 0)
    reasons = [
        f"{count(n)} {why}"
        for n, why in (
            (not_yet, "not yet due"),
            (running, "may have begun before the file"),
            (no_first, "without a first score"),
        )
        if n
    ]
    lost = f"{count(headline.n_lost)} not measured again" if headline.n_lost else "nobody lost"
    return (
        Count(count(headline.n_seen), "clients seen", visits),
        Count(count(headline.n_due), "due a later score", "; ".join(reasons)),
        Count(
            count(headline.n_measured),
            f"measured again {headline.when}",
            lost if headline.n_due else "",
        ),
    )


def _score_change(change: MeanChange, headline: Headline) -> ScoreChange:
    """First and later score of one measure, or why there is none."""
    who = f"{count(change.n)} of {of_people(change.n_due)} due"
    if headline.when != "later":
        who += f", {headline.when}"
    if not change.has_estimate:
        return ScoreChange(
            change.label,
            "",
            "",
            "",
            f"Measured at both times for {count(change.n)} of {of_people(change.n_due)} due: too "
            f"few for a mean, which needs {headline.mean_needs}.",
        )
    sentence = how_much(change)
    return ScoreChange(
        change.label,
        score(change.first),
        score(change.later),
        change.unit,
        f"{sentence[:1].upper()}{sentence[1:]}.{alone(change)} {who}.",
    )


def _outcomes(shares: Shares) -> tuple[Outcome, ...]:
    """Better, same, worse."""
    total = shares.n_better + shares.n_same + shares.n_worse
    plus = f"{shares.threshold:g}+ {shares.unit}"
    if shares.operator == ">":
        plus = f"more than {shares.threshold:g} {shares.unit}"
    return (
        Outcome(
            f"Better ({plus})",
            f"{count(shares.n_better)} of {count(shares.n_eligible)}",
            share(shares.share_better),
            _range(shares.expected_better),
        ),
        Outcome(
            "About the same",
            f"{count(shares.n_same)} of {count(total)}",
            share(shares.n_same / total),
            "",
        ),
        Outcome(
            f"Worse ({plus})",
            f"{count(shares.n_worse)} of {count(shares.n_room_to_worsen)}",
            share(shares.share_worse),
            _range(shares.expected_worse),
        ),
    )


def _outcomes_note(headline: Headline, shares: Shares) -> str:
    """What counts, who is counted, and what the last column means."""
    said = f"Better or worse means {amount(shares)} ({shares.threshold_label}). "
    if shares.n_ineligible:
        said += (
            f"{of_people(shares.n_ineligible)} began too well to get better by as much and "
            f"{'is' if shares.n_ineligible == 1 else 'are'} left out of the share. "
        )
    return said + (
        "The last column is what you would see if nothing had changed and scores only went up and "
        "down by themselves; recovery is not included."
    )


def _range(expected: tuple[float, float] | None) -> str:
    """A range of shares; empty where it is not known."""
    return between(*map(share, expected)) if expected else ""


def _against_re_measuring(shares: Shares) -> str:
    """The share that got better, next to what re-measuring alone would give."""
    expected = between(*map(share, shares.expected_better))
    said = f"{share(shares.share_better)} were better by {amount(shares)}; "
    if shares.beyond_re_measuring:
        return said + (
            f"scores going up and down by themselves would give {expected}. The rest may be "
            "recovery, care or both: the records cannot tell these apart."
        )
    return said + (
        f"scores going up and down by themselves would already give {expected}, so the records "
        "show no more than that."
    )


def _who_came(headline: Headline) -> str:
    """The least that any file says."""
    if not headline.n_sessions:
        return f"These records hold {of_people(headline.n_seen)}."
    each = headline.n_sessions / max(headline.n_seen, 1)
    return (
        f"{of_people(headline.n_seen)} came for {of_people(headline.n_sessions, 'appointment')}, "
        f"{score(each)} each on average."
    )


def _not_enough(headline: Headline) -> str:
    """Why there is no lasting change to show, and where the clients were lost."""
    if headline.pain is None:
        return "No score of pain or function was recorded, so nothing can be said about outcomes."
    where = [
        f"{count(n)} {words.split('|')[n != 1]}"
        for status, words in (
            (
                "already running",
                "may have begun before the file does|may have begun before the file does",
            ),
            ("not yet due", "is not yet due|are not yet due"),
            ("no first score", "has no first score|have no first score"),
            ("not measured again", "was not measured again|were not measured again"),
            (
                "not comparable",
                "was measured in another way later|were measured in another way later",
            ),
        )
        if (n := headline.flow.get(status, 0))
    ]
    return (
        f"{of_people(headline.n_measured)} {'has' if headline.n_measured == 1 else 'have'} a first "
        f"and a later {headline.pain.scored}; a mean needs {headline.mean_needs}. Of the others, "
        f"{', '.join(where)}."
    )
