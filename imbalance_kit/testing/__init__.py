"""The laws of the design as checks, also for samplers, weighters and shifts of your own."""

from imbalance_kit.testing._catalogue import (
    check_laws,
    laws_not_applicable,
    parametrize_with_laws,
    yield_laws,
)
from imbalance_kit.testing._interface_laws import (
    check_clone_and_pickle,
    check_input_is_not_modified,
)
from imbalance_kit.testing._randomness_laws import (
    check_class_draw_ignores_the_others,
    check_classes_have_their_own_streams,
    check_global_random_state_is_untouched,
    check_random_state_fixes_the_result,
)
from imbalance_kit.testing._row_laws import (
    check_rows_per_class_are_as_asked,
    check_sample_indices_give_the_output,
    check_shift_is_what_was_done,
    check_synthetic_rows_lie_between_their_parents,
    check_two_values_are_returned,
)
from imbalance_kit.testing._shift_laws import (
    check_columns_follow_classes,
    check_label_swap_swaps_the_result,
    check_then_undoes_both,
    check_undo_reverses_apply,
)
from imbalance_kit.testing._truth_laws import (
    check_corrected_loss_is_that_of_all_rows,
    check_corrected_mean_is_the_base_rate,
)
from imbalance_kit.testing._weight_laws import (
    check_carried_weight_is_the_input_weight,
    check_sample_weight_restores_the_input,
    check_weight_is_repetition,
    check_weight_is_repetition_in_draws,
    check_weights_are_expected_copies,
)

__all__ = [
    "check_carried_weight_is_the_input_weight",
    "check_class_draw_ignores_the_others",
    "check_classes_have_their_own_streams",
    "check_clone_and_pickle",
    "check_columns_follow_classes",
    "check_corrected_loss_is_that_of_all_rows",
    "check_corrected_mean_is_the_base_rate",
    "check_global_random_state_is_untouched",
    "check_input_is_not_modified",
    "check_label_swap_swaps_the_result",
    "check_laws",
    "check_random_state_fixes_the_result",
    "check_rows_per_class_are_as_asked",
    "check_sample_indices_give_the_output",
    "check_sample_weight_restores_the_input",
    "check_shift_is_what_was_done",
    "check_synthetic_rows_lie_between_their_parents",
    "check_then_undoes_both",
    "check_two_values_are_returned",
    "check_undo_reverses_apply",
    "check_weight_is_repetition",
    "check_weight_is_repetition_in_draws",
    "check_weights_are_expected_copies",
    "laws_not_applicable",
    "parametrize_with_laws",
    "yield_laws",
]
