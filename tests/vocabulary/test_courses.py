"""Published courses: each with a source, numbers that hold together, and honest labels."""

from dataclasses import replace

import pytest

from hipoutcomes.vocabulary.courses import COURSES, courses_of, read_courses
from hipoutcomes.vocabulary.measures import MEASURES

HEAD = "condition,measure,arm,n,interval,from,to,change,cite,source,verified,caution\n"


@pytest.mark.parametrize("course", COURSES, ids=lambda c: f"{c.measure}-{c.cite}")
def test_every_record_has_a_source_and_says_whether_it_was_checked(course):
    assert course.source and course.cite and course.interval and course.n > 0
    assert ("not verified" in course.label()) is not course.verified


def test_the_sham_arm_of_the_blinded_hip_trial():
    vas, pain = courses_of("pain_vas")[0], courses_of("pain")[0]
    assert (vas.first, vas.later, vas.change, vas.n) == (58.0, 35.2, -22.8, 53)
    assert vas.improvement == 22.8
    assert pain.improvement == pytest.approx(vas.improvement / 10)
    assert "divided by 10" in pain.label()


def test_a_course_without_a_first_score_has_no_change():
    wait = next(course for course in COURSES if course.cite == "Mellor 2018")
    assert wait.change is None and wait.improvement is None and not wait.verified


def test_improvement_is_turned_by_the_measure():
    better_is_higher = next(code for code, m in MEASURES.items() if m.sign == 1 and m.highest >= 60)
    course = replace(COURSES[1], measure=better_is_higher, first=30.0, later=36.0, change=6.0)
    assert course.improvement == 6.0


def read_row(tmp_path, row):
    path = tmp_path / "courses.csv"
    path.write_text(HEAD + row + "\n", encoding="utf-8")
    return read_courses(path)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            "osteoarthritis,pain,sham,53,13 weeks,5,4,-1,Someone,,yes,",
            "A course of pain in osteoarthritis needs a source, a short name of it, an interval "
            "and a number of patients; it has source '', cite 'Someone', interval '13 weeks' and "
            "n 53.",
        ),
        (
            "osteoarthritis,pain,sham,,13 weeks,5,4,-1,Someone,A paper,yes,",
            "A course of pain in osteoarthritis needs a source, a short name of it, an interval "
            "and a number of patients; it has source 'A paper', cite 'Someone', interval "
            "'13 weeks' and n 0.",
        ),
        (
            "osteoarthritis,pain,massage,5,13 weeks,5,4,-1,Someone,A paper,yes,",
            "A course of pain in osteoarthritis has arm 'massage'; it can be 'no treatment', "
            "'sham', 'usual care'.",
        ),
        (
            "headache,pain,sham,5,13 weeks,5,4,-1,Someone,A paper,yes,",
            "A course of pain in headache names a measure or a condition that does not exist.",
        ),
        (
            "osteoarthritis,pain,sham,5,13 weeks,5,,,Someone,A paper,yes,",
            "A course of pain in osteoarthritis needs a change or a later score; it has neither.",
        ),
        (
            "osteoarthritis,pain,sham,5,13 weeks,5,4,1,Someone,A paper,yes,",
            "A course of pain in osteoarthritis went from 5 to 4, which is no change of 1.",
        ),
        (
            "osteoarthritis,pain,sham,5,13 weeks,58,35,-23,Someone,A paper,yes,",
            "A course of pain in osteoarthritis has a score of 58; Pain, 0-10 runs from 0 to 10.",
        ),
        (
            "osteoarthritis,pain,sham,5,13 weeks,5,4,-1,Someone,A paper,perhaps,",
            "verified is 'perhaps' in courses.csv; it can be yes or no.",
        ),
    ],
)
def test_a_record_that_does_not_hold_together_is_refused(tmp_path, row, message):
    with pytest.raises(ValueError) as caught:
        read_row(tmp_path, row)
    assert str(caught.value) == message


def test_an_unknown_measure_is_refused_and_one_without_courses_has_none():
    assert courses_of("hoos_pain") == ()
    with pytest.raises(ValueError, match="There is no measure 'womac'; the measures are pain, "):
        courses_of("womac")
