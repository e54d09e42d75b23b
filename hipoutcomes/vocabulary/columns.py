"""Every column of every table, with its kind, unit and meaning."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called, what it holds, what it means.

    Attributes
    ----------
    name : str
    kind : str
        ``key``, ``integer``, ``number``, ``text``, ``category``, ``flag`` or ``day``
        (whole days since 1970-01-01).
    meaning : str
        For a reader who has only the table.
    unit : str
    optional : bool
        There only when the records hold it.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    optional: bool = False


def _optional(name: str, kind: str, meaning: str, unit: str = "") -> Column:
    return Column(name, kind, meaning, unit, optional=True)


PATIENT = Column(
    "patient_id", "key", "patient, numbered from 1; the file's own id stays in `clinic.patients`"
)
EPISODE = Column("episode_id", "key", "episode of care, numbered from 1")
SESSION = Column("session_id", "key", "session, numbered from 1")
DAY = Column("day", "day", "local calendar day", "days since 1970-01-01")

_PERSON = (
    _optional("age", "number", "age at the session", "years"),
    _optional("sex", "category", "sex as recorded"),
)

_CARE = (
    Column("condition", "category", "condition treated, from `conditions.csv`"),
    Column("technique", "category", "main technique: the one with most minutes; a tie is 'mixed'"),
    Column("therapist", "category", "therapist as recorded"),
    Column("clinic", "category", "clinic, site or provider as recorded"),
)

SESSIONS = (
    SESSION,
    PATIENT,
    DAY,
    Column("seq", "integer", "place of the session among the patient's, from 1"),
    Column("side", "category", "left, right, both, or missing"),
    *_CARE,
    *_PERSON,
    _optional("first_visit", "flag", "recorded as the first visit of a complaint"),
    _optional("new_complaint", "flag", "recorded as a new complaint"),
    _optional("minutes", "number", "length of the session", "minutes"),
    _optional("onset_day", "day", "when the complaint began"),
    _optional("duration_weeks", "number", "how long the complaint had lasted", "weeks"),
    _optional("earlier_injuries", "flag", "earlier injuries of the hip were recorded"),
    _optional("history", "text", "relevant history, as typed; never shown in a report"),
    _optional("pressure", "category", "pressure used: light, medium, firm, deep"),
    _optional("pressure_adjusted", "flag", "pressure was adjusted on the patient's feedback"),
    _optional("aftercare_advised", "text", "aftercare advised, joined by ';'"),
    _optional(
        "aftercare_followed", "text", "aftercare followed since the last visit, joined by ';'"
    ),
    _optional("follow_up_advised", "flag", "a further session was advised"),
    Column("file", "category", "file the row came from"),
    Column("row", "integer", "row, as a spreadsheet shows it"),
)

TREATMENTS = (
    SESSION,
    Column("technique", "category", "technique given, from `techniques.csv`"),
    Column("minutes", "number", "minutes of this technique; missing where not recorded", "minutes"),
)

ISSUES = (
    Column("file", "category", "file"),
    Column("sheet", "text", "sheet of a workbook; empty for text files"),
    Column("row", "integer", "row, as a spreadsheet shows it; 0 for the whole column or file"),
    Column("column", "text", "column heading as in the file"),
    Column("field", "text", "what the column was read as"),
    Column("value", "text", "the value as typed"),
    Column("code", "category", "stable code of the reason, from `ingest/checks.py`"),
    Column("severity", "category", "note, warning or reject"),
    Column("message", "text", "the reason, in a plain sentence"),
    Column("suggestion", "text", "what to do about it"),
    Column("action", "category", "accepted, cell_missing, row_quarantined, row_skipped"),
)

SCORES = (
    PATIENT,
    DAY,
    Column("timing", "category", "before, during, after treatment, or between visits"),
    Column("measure", "category", "measure, from `vocabulary/instruments.py`"),
    Column("side", "category", "left, right, or missing"),
    Column("occasion", "integer", "place among scores that share all of the above, from 1"),
    Column("session_id", "integer", "session of the score; missing for a score between visits"),
    Column("score", "number", "the score, in the measure's unit"),
    _optional("rater", "category", "who measured"),
    _optional("device", "category", "goniometer, inclinometer, ..."),
    _optional("position", "category", "supine, prone, seated, ..."),
)

EPISODE_SESSIONS = (
    EPISODE,
    SESSION,
    PATIENT,
    DAY,
    Column("episode_seq", "integer", "place of the session in its episode, from 1"),
)

EPISODES = (
    EPISODE,
    PATIENT,
    Column("side", "category", "left, right, or missing"),
    Column("first_day", "day", "day of the first session", "days since 1970-01-01"),
    Column("last_day", "day", "day of the last session", "days since 1970-01-01"),
    Column("n_sessions", "integer", "sessions in the episode"),
    Column("already_running", "flag", "may have begun before the file does"),
    Column("previous_last_day", "day", "last day of the patient's episode before it on that side"),
    Column("next_first_day", "day", "first day of the patient's episode after it on that side"),
    *_CARE,
    *_PERSON,
    _optional(
        "procedure", "category", "procedure, where the file records one instead of techniques"
    ),
)

#: What became of an episode under one outcome rule, in the order of the patient flow.
STATUSES = (
    "already running",
    "not yet due",
    "no first score",
    "not measured again",
    "not comparable",
    "measured",
)

CHANGES = (
    EPISODE,
    PATIENT,
    Column("measure", "category", "measure, from `vocabulary/instruments.py`"),
    Column("side", "category", "left, right, or missing"),
    Column("status", "category", "what became of the episode: " + ", ".join(STATUSES)),
    Column("is_headline", "flag", "the one episode of this patient that a headline counts"),
    Column("first_day", "day", "day of the first session"),
    Column("baseline", "number", "score at the start"),
    Column("baseline_day", "day", "day of the score at the start"),
    Column("final", "number", "score that the outcome rule chose"),
    Column("final_day", "day", "day of that score"),
    Column("change", "number", "final minus baseline, in the measure's own direction"),
    Column("improvement", "number", "change turned so that positive is better"),
    Column("n_sessions_before", "integer", "sessions of the episode before the outcome score"),
    Column("n_follow_ups", "integer", "sessions after the first and before the outcome score"),
    Column("n_sessions", "integer", "sessions of the whole episode"),
    *_CARE,
    *_PERSON,
    _optional(
        "procedure", "category", "procedure, where the file records one instead of techniques"
    ),
)

#: The glossary of result tables: the only columns an `Estimates.table` may have.
ESTIMATES = (
    Column("outcome", "category", "measure the row is about"),
    Column("outcome_label", "text", "that measure in words, with its range"),
    Column("quantity", "category", "what is estimated, in words"),
    Column("unit", "text", "unit of estimate, interval and standard deviation"),
    Column("group", "text", "group of the row; groupings joined by ' · ', 'all' without one"),
    Column("group_order", "integer", "place of the group where order carries meaning"),
    Column("technique", "category", "technique, where it is a grouping"),
    Column("condition", "category", "condition, where it is a grouping"),
    Column("therapist", "category", "therapist, where it is a grouping"),
    Column("clinic", "category", "clinic or provider, where it is a grouping"),
    Column("procedure", "category", "procedure, where it is a grouping"),
    Column("n_follow_ups", "category", "number of follow-up sessions, where it is a grouping"),
    Column("sex", "category", "sex, where it is a grouping"),
    Column("age_band", "category", "age band, where it is a grouping"),
    Column("side", "category", "side, where it is a grouping"),
    Column("characteristic", "text", "characteristic of patients that the row describes"),
    Column("category", "text", "category of that characteristic"),
    Column("practice", "text", "aftercare or session practice that the row describes"),
    Column("status", "category", "what became of the episodes counted in the row"),
    Column("session_number", "integer", "session of the episode, from 1"),
    Column("week", "integer", "weeks since the first session"),
    Column("axis", "category", "'session' or 'week': what the horizontal axis counts"),
    Column("timing", "category", "when the score was given: before, after, at the next visit"),
    Column("term", "text", "column of a model that the coefficient belongs to"),
    Column("visit", "text", "planned visit of a repeated-measures model"),
    Column("other_visit", "text", "visit that it is paired with; the same for a variance"),
    Column("within", "text", "level of another factor that the means or contrasts hold at"),
    Column("contrast", "text", "two levels of a factor, the second subtracted from the first"),
    Column("estimate", "number", "the estimate"),
    Column("std_error", "number", "its standard error"),
    Column("conf_low", "number", "lower limit of its confidence interval"),
    Column("conf_high", "number", "upper limit of its confidence interval"),
    Column("band_low", "number", "lower limit of an interval that holds for all such rows at once"),
    Column("band_high", "number", "upper limit of that interval"),
    Column("level", "number", "confidence level, 0 to 1"),
    Column("df", "number", "degrees of freedom; of the denominator of a joint test"),
    Column("df_numerator", "number", "degrees of freedom of the numerator of a joint test"),
    Column("statistic", "number", "estimate divided by its standard error; F of a joint test"),
    Column("p_value", "number", "two-sided p-value of no difference from zero, taken alone"),
    Column("p_adjusted", "number", "p-value that allows for the other comparisons of the table"),
    Column("std_dev", "number", "standard deviation between patients"),
    Column("median", "number", "median between patients"),
    Column("quartile_low", "number", "lower quartile between patients"),
    Column("quartile_high", "number", "upper quartile between patients"),
    Column("standardised_mean", "number", "mean improvement divided by its standard deviation"),
    Column("baseline_mean", "number", "mean score at the start"),
    Column("baseline_sd", "number", "standard deviation of scores at the start"),
    Column("final_mean", "number", "mean later score"),
    Column("final_sd", "number", "standard deviation of later scores"),
    Column("std_difference", "number", "standardised difference between groups (no unit)"),
    Column("std_difference_weighted", "number", "the same after weighting"),
    Column(
        "e_value",
        "number",
        "risk ratio with group and outcome that something unrecorded needs to explain the estimate",
    ),
    Column("e_value_limit", "number", "the same for the limit nearest no difference; 1 for none"),
    Column("threshold", "number", "size of change that counts as better (or worse)"),
    Column("operator", "category", "how the threshold is met: '>=' or '>'"),
    Column(
        "expected_low",
        "number",
        "lowest value of the estimate (share better, mean improvement) by re-measuring alone",
    ),
    Column("expected_high", "number", "highest value of the estimate by re-measuring alone"),
    Column("expected_worse_low", "number", "lowest share worse that re-measuring would give"),
    Column("expected_worse_high", "number", "highest share worse that re-measuring would give"),
    Column("place_low", "integer", "lowest place by size that chance allows; 1 is the largest"),
    Column("place_high", "integer", "highest place by size that chance allows"),
    Column("n_rows", "integer", "rows of the frame in the estimate"),
    Column("n_clusters", "integer", "clusters in the model"),
    Column("n_patients", "integer", "patients in the estimate"),
    Column("n_episodes", "integer", "episodes in the estimate"),
    Column("n_sessions", "integer", "sessions in the estimate"),
    Column("n_due", "integer", "patients whose outcome was due"),
    Column("n_measured", "integer", "of those due, measured"),
    Column("n_missing", "integer", "patients without a value"),
    Column("n_not_measured", "integer", "of those due, not measured again"),
    Column(
        "n_still_coming",
        "integer",
        "patients who came to this session, or were still coming in this week",
    ),
    Column("n_same_session", "integer", "patients who had it in the same session"),
    Column("n_later_session", "integer", "patients who had it later, before the outcome"),
    Column("n_eligible", "integer", "patients whose first score left room to reach the threshold"),
    Column("n_ineligible", "integer", "patients whose first score left no room to reach it"),
    Column("n_better", "integer", "patients better by the threshold"),
    Column("n_same", "integer", "patients changed by less than the threshold"),
    Column("n_worse", "integer", "patients worse by the threshold"),
    Column("n_improved", "integer", "patients whose score improved by any amount"),
    Column("n_unchanged", "integer", "patients whose score did not change"),
    Column("n_worsened", "integer", "patients whose score worsened by any amount"),
    Column("share_stopped", "number", "share of patients who had stopped by then without it"),
    Column("share_better", "number", "share of eligible patients better by the threshold"),
    Column(
        "share_worse",
        "number",
        "share worse by the threshold, of patients whose first score left room to worsen by it",
    ),
    Column("share_worse_low", "number", "lower limit of the interval of the share worse"),
    Column("share_worse_high", "number", "upper limit of the interval of the share worse"),
    Column("n_room_to_worsen", "integer", "patients whose first score left room to worsen by it"),
    Column("baseline", "number", "category or score at the start"),
    Column("final", "number", "later category or score"),
    Column("baseline_label", "text", "category at the start, in words"),
    Column("final_label", "text", "later category, in words"),
    Column("n_groups", "integer", "groups that could be one side of a comparison"),
    Column("n_large_enough", "integer", "of those, groups with enough patients for a comparison"),
    Column("n_second_largest", "integer", "patients in the second largest of those groups"),
    Column("n_needed", "integer", "patients that a comparison needs in each of two groups"),
    Column("difference", "number", "difference between two groups that a comparison is to see"),
    Column("n_other", "integer", "patients in the second group of a contrast"),
    Column("n_recovered", "integer", "of those better, those who came into an accepted state"),
    Column("n_left_state", "integer", "of those worse, those who left an accepted state"),
    Column("reliability", "number", "correlation of two scores of one person, as assumed"),
    Column("share_entering", "number", "share of all moments bad enough to come, as assumed"),
    Column("formula", "category", "formula by which the row was made"),
    Column("arm", "category", "what patients of a published course got"),
    Column("interval", "text", "time between the two scores of a published course"),
    Column("source", "text", "where a published number comes from, and whether it was checked"),
    Column("correlation", "number", "of two patients of one therapist, as assumed"),
    Column("n_more", "integer", "further patients needed, all groups of the row together"),
    Column("months", "number", "months until then at the rate at which patients were measured"),
    Column("answer", "text", "name of the answer that a comparison comes from"),
    Column("reading", "category", "what is taken to be true of those not measured"),
    Column(
        "assumed",
        "number",
        "mean improvement (or share better) of those not measured that the reading assumes",
    ),
    Column("assumption", "text", "what a reading takes to be true of those not measured"),
    Column("delta", "number", "by how much less those not measured improved than was imputed"),
    Column("effective_n", "number", "patients of equal weight who would tell as much"),
    Column("n_truncated", "integer", "patients whose weight was held down"),
    Column("bound_low", "number", "lowest possible value, whatever those not measured did"),
    Column("bound_high", "number", "highest possible value, whatever those not measured did"),
    Column("reason", "text", "why there is no estimate; empty where there is one"),
)

#: Short names of the same, for checks and documentation.
ESTIMATE_NAMES = frozenset(column.name for column in ESTIMATES)
