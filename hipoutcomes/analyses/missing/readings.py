"""What may be taken to be true of those not measured: the name of each reading, in one place."""

from types import MappingProxyType

OBSERVED = "observed"
WEIGHTED = "weighted by the chance of being measured"
IMPUTED = "imputed from the first score"
IMPUTED_LESS = "imputed, and improved less"
IMPUTED_FLIP = "imputed, where the finding fails"
QUARTER = "like the least improved quarter"
TENTH = "like the least improved tenth"
NO_CHANGE = "no change"
WORST = "worst possible"
BEST = "best possible"
FLIP_MEAN = "flip point: mean"
FLIP_INTERVAL = "flip point: interval"
FLIP_THRESHOLD = "flip point: threshold"
FLIP_ALONE = "flip point: re-measuring alone"

#: Of a difference: followed by the group whose missing patients would end it.
FLIP_GROUP = "flip point: "

#: What each reading assumes of those not measured, for a reader who has only the table.
ASSUMPTIONS = MappingProxyType(
    {
        OBSERVED: "the mean of those measured; it holds for everyone due if the others would have "
        "improved alike",
        WEIGHTED: "among patients alike at the start, being measured has nothing to do with how "
        "they fared",
        IMPUTED: "the same, with a later score lent by someone measured who began alike",
        IMPUTED_LESS: "those not measured improved by `delta` less than that",
        IMPUTED_FLIP: "the `delta` from which on the interval reaches no change",
        QUARTER: "they improved like the least improved quarter of those measured",
        TENTH: "they improved like the least improved tenth of those measured",
        NO_CHANGE: "they did not change on average",
        WORST: "each ended at the worst end of the scale, or none is better",
        BEST: "each ended at the best end of the scale, or all are better",
        FLIP_MEAN: "`assumed`: what they would have to have done for the mean to be no change",
        FLIP_INTERVAL: "`assumed`: the same for its interval to reach no change",
        FLIP_THRESHOLD: "`assumed`: the same for the mean to fall to the change that matters",
        FLIP_ALONE: "`assumed`: the same for the share better to fall to what re-measuring alone "
        "could give",
    }
)
