import json

import duckdb
import numpy as np
import pandas as pd
import pytest

import hipoutcomes as ho
from hipoutcomes.analyses.models.patient_moments import patient_moments
from hipoutcomes.errors import FileError, NotEnoughData
from hipoutcomes.stats.models.mixed.fit import mixed_fit
from hipoutcomes.stats.models.moments.distinct_rows import distinct_rows
from hipoutcomes.stats.models.moments.moments import MomentColumns
from hipoutcomes.stats.models.moments.moments_file import moments_as_json, moments_from_json
from hipoutcomes.stats.models.moments.moments_pass import RowBlock, moments_of

COLUMNS = MomentColumns(("Intercept", "x", "z", "y"), (0.0, 0.0, 1.0, 0.0), 0, "z", 2.0)


def patients(n=60, seed=1, whole=True, offset=0.0):
    """Rows by patient: columns and outcome (4, n), starts, slope, therapist of each patient."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 6, n)
    starts = np.cumsum(sizes) - sizes
    z = np.arange(sizes.sum()) - np.repeat(starts, sizes)
    z = z.astype(float) if whole else z + rng.normal(0, 0.1, len(z))
    x = rng.normal(size=len(z))
    own = np.repeat(rng.normal(size=n), sizes)
    y = offset + 1 + x + 0.5 * z + own + rng.normal(size=len(z))
    return np.stack([np.ones(len(z)), x, z, y]), starts, z, rng.integers(0, 5, n)


def summed(rows, starts, z, therapist, keep, columns=COLUMNS, therapists=()):
    """Moments of some of the patients."""
    ends = np.append(starts[1:], rows.shape[1])
    places = [np.arange(starts[i], ends[i]) for i in keep]
    sizes = np.array([len(place) for place in places])
    index = np.concatenate(places)
    own = therapist[keep] if therapists else None
    block = RowBlock(
        rows[:, index], np.cumsum(sizes) - sizes, z[index] if columns.slope else None, own
    )
    return moments_of([block], columns, therapists)


def by_pattern(moments):
    """Sums of products per pattern, however they are held."""
    found = {}
    upper = np.triu_indices(len(moments.columns.names))
    for pattern, n, sums in zip(
        moments.patterns, moments.pattern_patients, moments.pattern_sums, strict=True
    ):
        found[tuple(pattern)] = [n, sums]
    for place, pattern in enumerate(moments.lone_patterns):
        a = moments.lone_products[:, :, place]
        outer = [np.outer(a[0], a[0])]
        if len(a) == 2:
            outer += [np.outer(a[0], a[1]) + np.outer(a[1], a[0]), np.outer(a[1], a[1])]
        held = found.setdefault(tuple(pattern), [0, 0.0])
        held[0] += 1
        held[1] = held[1] + np.stack([part[upper] for part in outer])
    return found


@pytest.mark.parametrize("whole", [True, False])
def test_moments_are_sums_over_patients_by_hand(whole):
    rows, starts, z, therapist = patients(whole=whole)
    moments = summed(rows, starts, z, therapist, np.arange(60))
    centred = rows - np.array(COLUMNS.centres)[:, None]
    np.testing.assert_allclose(moments.products, centred @ centred.T, rtol=1e-12)
    expected = {}
    for place, (start, stop) in enumerate(zip(starts, [*starts[1:], rows.shape[1]], strict=True)):
        effects = np.stack([np.ones(stop - start), z[start:stop] - 2])
        a = effects @ centred[:, start:stop].T
        w = effects @ effects.T
        key = tuple(np.round([w[0, 0], w[0, 1], w[1, 1]], 9))
        upper = np.triu_indices(4)
        cross = np.outer(a[0], a[1])
        own = np.stack([np.outer(a[0], a[0])[upper], (cross + cross.T)[upper],
                        np.outer(a[1], a[1])[upper]])  # fmt: skip
        held = expected.setdefault(key, [0, 0.0])
        held[0] += 1
        held[1] = held[1] + own
        assert place < 60
    got = {tuple(np.round(key, 9)): value for key, value in by_pattern(moments).items()}
    assert set(got) == set(expected)
    for key, (n, sums) in expected.items():
        assert got[key][0] == n
        np.testing.assert_allclose(got[key][1], sums, rtol=1e-10, atol=1e-10)
    assert moments.n_patterns == len(expected)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("therapists", [(), tuple("abcde")])
def test_parts_add_to_the_whole(whole, therapists):
    rows, starts, z, therapist = patients(n=200, whole=whole)
    everyone = np.random.default_rng(2).permutation(200)
    whole_sum = summed(rows, starts, z, therapist, everyone, therapists=therapists)
    parts = [
        summed(rows, starts, z, therapist, some, therapists=therapists)
        for some in np.array_split(everyone, [30, 31, 120])
    ]
    added = parts[0] + parts[1] + parts[2] + parts[3]
    assert (added.n_rows, added.n_patients) == (whole_sum.n_rows, whole_sum.n_patients)
    assert added.n_patterns == whole_sum.n_patterns
    one, other = mixed_fit(whole_sum), mixed_fit(added)
    np.testing.assert_allclose(other.beta, one.beta, rtol=1e-9)
    np.testing.assert_allclose(other.covariance, one.covariance, rtol=1e-9)
    np.testing.assert_allclose(other.patient_covariance, one.patient_covariance, rtol=1e-8)
    assert other.criterion == pytest.approx(one.criterion, abs=1e-9)
    assert (other.therapist_variance is None) == (not therapists)


def test_blocks_that_pass_the_limit_of_memory_are_pooled_on_the_way(monkeypatch):
    rows, starts, z, therapist = patients(n=300)
    at_once = summed(rows, starts, z, therapist, np.arange(300))
    monkeypatch.setattr("hipoutcomes.stats.models.moments.moments_pass.HELD", 20)
    ends = np.append(starts[1:], rows.shape[1])

    def one_by_one():
        for start, stop in zip(starts, ends, strict=True):
            yield RowBlock(rows[:, start:stop].copy(), np.zeros(1, int), z[start:stop])

    slowly = moments_of(one_by_one(), COLUMNS)
    assert len(slowly.lone_patterns) < 100
    for key, (n, sums) in by_pattern(at_once).items():
        assert by_pattern(slowly)[key][0] == n
        np.testing.assert_allclose(by_pattern(slowly)[key][1], sums, atol=1e-9)


def test_parts_of_different_designs_are_refused():
    rows, starts, z, therapist = patients()
    one = summed(rows, starts, z, therapist, np.arange(30))
    moved = MomentColumns(COLUMNS.names, (0.0, 0.0, 2.0, 0.0), 0, "z", 2.0, "arm: a, b")
    other = summed(rows, starts, z, therapist, np.arange(30, 60), moved)
    with pytest.raises(ValueError) as caught:
        one + other
    assert str(caught.value) == (
        "These moments are of different designs and cannot be added: centres, levels differ "
        f"({COLUMNS.fingerprint} and {moved.fingerprint}).\n"
        "  Make every part with the same MomentColumns: equal columns, levels and centres."
    )
    with_therapists = summed(
        rows, starts, z, therapist, np.arange(30, 60), therapists=tuple("abcde")
    )
    with pytest.raises(ValueError, match="Only one of these moments knows the therapists"):
        one + with_therapists
    with pytest.raises(TypeError):
        one + 1
    with pytest.raises(NotEnoughData, match="There is no row to sum for y"):
        moments_of([], COLUMNS)


def test_centring_keeps_the_digits_that_naive_sums_lose():
    rows, starts, z, therapist = patients(n=500, offset=1e7)
    near = patients(n=500, offset=0.0)
    far = MomentColumns(COLUMNS.names, (0.0, 0.0, 1.0, 1e7), 0, "z", 2.0)
    one = mixed_fit(summed(rows, starts, z, therapist, np.arange(500), far))
    other = mixed_fit(summed(*near, np.arange(500)))
    np.testing.assert_allclose(one.beta[1:], other.beta[1:], rtol=1e-6)
    assert one.beta[0] == pytest.approx(other.beta[0] + 1e7, rel=1e-12)
    assert one.residual_variance == pytest.approx(other.residual_variance, rel=1e-7)


def frame_of(n=400, seed=3):
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(n), 4)
    frame = pd.DataFrame({"who": who, "k": np.tile(np.arange(4), n)})
    frame["arm"] = rng.choice(["swedish", "cupping"], n)[who]
    frame["pain"] = 5 - 0.3 * frame["k"] + rng.normal(size=n)[who] + rng.normal(size=4 * n)
    frame.loc[rng.choice(4 * n, 200, replace=False), "pain"] = np.nan
    return frame.sample(frac=1, random_state=1)


def test_moments_travel_as_text_and_come_back_the_same():
    frame = frame_of()
    moments = patient_moments(frame, "pain ~ arm * k", patient="who", slope="k", fewest=5)
    text = moments_as_json(moments)
    again = moments_from_json(text)
    assert moments_as_json(again) == text
    assert again.columns == moments.columns
    np.testing.assert_array_equal(again.products, moments.products)
    assert {key: n for key, (n, _) in by_pattern(again).items()} == {
        key: n for key, (n, _) in by_pattern(moments).items()
    }
    one, other = mixed_fit(moments), mixed_fit(again)
    np.testing.assert_allclose(one.beta, other.beta, rtol=1e-12)
    assert one.criterion == pytest.approx(other.criterion, abs=1e-10)
    assert dict(again.left_out) == dict(moments.left_out)
    assert again.left_out["without pain"] == 200
    assert again.pattern_patients.min() >= 5


def test_rare_patterns_never_leave():
    frame = frame_of()
    moments = patient_moments(frame, "pain ~ arm * k", patient="who", slope="k")
    sizes = frame.dropna().groupby("who")["k"].agg(lambda k: tuple(sorted(k))).value_counts()
    n_rare = int(sizes[sizes < 30].sum())
    assert n_rare > 20
    with pytest.raises(NotEnoughData) as caught:
        moments_as_json(moments, fewest=30)
    assert str(caught.value) == (
        f"{n_rare} of {moments.n_patients} patients have rows as fewer than 30 patients have them."
        "\n  At least 30 patients must share each pattern for its sums to leave.\n"
        "  Make them again without those patients: patient_moments(..., fewest=30)."
    )
    left = patient_moments(frame, "pain ~ arm * k", patient="who", slope="k", fewest=30)
    assert left.n_patients == moments.n_patients - n_rare
    assert left.left_out["of patients with rare rows"] == moments.n_rows - left.n_rows
    assert json.loads(moments_as_json(left, fewest=30))["n_patients"] == left.n_patients
    rows, starts, z, therapist = patients()
    named = summed(rows, starts, z, therapist, np.arange(60), therapists=tuple("abcde"))
    with pytest.raises(NotEnoughData, match="sums for each therapist"):
        moments_as_json(named, fewest=1)


def test_text_that_holds_no_moments_is_refused():
    text = moments_as_json(patient_moments(frame_of(), "pain ~ arm", patient="who"), fewest=1)
    with pytest.raises(FileError, match="is not JSON"):
        moments_from_json(text[:-5])
    with pytest.raises(FileError, match="does not hold moments"):
        moments_from_json('{"format": "other"}')
    held = json.loads(text)
    held["columns"]["centres"][-1] = 99.0
    with pytest.raises(FileError, match="columns of these moments were changed"):
        moments_from_json(json.dumps(held))


def test_distinct_rows_are_those_of_numpy():
    rng = np.random.default_rng(8)
    for rows in (rng.integers(0, 4, (500, 3)).astype(float), rng.normal(size=(50, 2)).round(1)):
        kept, which = distinct_rows(rows)
        expected, inverse = np.unique(rows, axis=0, return_inverse=True)
        np.testing.assert_array_equal(kept, expected)
        np.testing.assert_array_equal(which, inverse.ravel())


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
@pytest.mark.parametrize("slope", [None, "k"])
def test_batches_of_any_engine_give_the_model_of_the_frame(engine, slope):
    frame = frame_of()
    source = frame if engine == "pandas" else duckdb.from_df(frame)
    moments = patient_moments(source, "pain ~ arm * k", patient="who", slope=slope, rows=150)
    fit = mixed_fit(moments)
    whole = ho.mixed_model(frame, "pain ~ arm * k", patient="who", slope=slope)
    np.testing.assert_allclose(fit.beta, whole.table["estimate"], rtol=1e-9)
    np.testing.assert_allclose(
        np.sqrt(np.diag(fit.covariance)), whole.table["std_error"], rtol=1e-9
    )
    sums = fit.inference.contrasts(np.eye(4))
    np.testing.assert_allclose(sums.df, whole.table["df"], rtol=1e-7)
    assert fit.names == whole.design.columns
    assert moments.left_out == {"without pain": 200}


def test_sources_of_one_design_add_to_one_model():
    frame = frame_of()
    north, south = frame[frame["who"] < 150], frame[frame["who"] >= 150]
    asked = {"patient": "who", "levels": {"arm": ("cupping", "swedish")}}
    one = patient_moments(north, "pain ~ arm", **asked)
    other = patient_moments(south, "pain ~ arm", columns=one.columns, **asked)
    fit = mixed_fit(one + other)
    whole = ho.mixed_model(frame, "pain ~ arm", patient="who")
    np.testing.assert_allclose(fit.beta, whole.table["estimate"], rtol=1e-9)
    with pytest.raises(ValueError, match="of another design: names, levels differ"):
        patient_moments(south, "pain ~ k", patient="who", columns=one.columns)
