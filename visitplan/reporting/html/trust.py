"""How far to trust a comparison of plans: one caution, one function, one list that calls them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from visitplan.reporting.html.contents import Baseline, Contents, harmless
from visitplan.reporting.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

Caution: TypeAlias = Callable[[Contents, Sequence[Baseline]], str | None]


def cautions(contents: Contents, baselines: Sequence[Baseline]) -> Iterator[str]:
    """Say how far to trust a comparison, the gravest first."""
    for caution in CAUTIONS:
        said = caution(contents, baselines)
        if said is not None:
            yield said


def other_input(contents: Contents, baselines: Sequence[Baseline]) -> str | None:
    """Warn where the plans were not made from the same files and policy."""
    mine = contents.provenance
    changed = {
        name
        for baseline in baselines
        for name in mine.input_hashes.keys() | baseline.provenance.input_hashes.keys()
        if mine.input_hashes.get(name) != baseline.provenance.input_hashes.get(name)
    }
    if any(baseline.provenance.policy_hash != mine.policy_hash for baseline in baselines):
        changed.add("the policy")
    if not changed:
        return None
    names = ", ".join(harmless(name) for name in sorted(changed))
    return (
        f"The plans were not made from the same input: {names} differ. "
        "So not every difference is due to how they were planned."
    )


def other_means(contents: Contents, baselines: Sequence[Baseline]) -> str | None:
    """Warn where the plans were not searched for in the same way, or for as long."""
    mine = _means(contents)
    if all(_means(baseline) == mine for baseline in baselines):
        return None
    return (
        "The plans were not searched for in the same way: engine, limits, cores or version differ. Part of "
        "the difference may come from that."
    )


def _means(thing: Contents | Baseline) -> tuple[object, ...]:
    made = thing.provenance
    return (made.engine, made.time_limit, made.iteration_limit, made.workers, made.visitplan_version)


def one_search(contents: Contents, baselines: Sequence[Baseline]) -> str:
    """Say what the luck of the search means for the figures."""
    if len(baselines) == 1:
        return (
            "This is one plan beside one other. Each is the best that a search had found when it was "
            "stopped, not the best there is; planned with other seeds, every difference would be somewhat "
            "larger or smaller, and a small one could turn round. Compare with several plans of different "
            "seeds to see by how much."
        )
    seeds = ", ".join(str(baseline.provenance.seed) for baseline in baselines)
    return (
        f"This is one plan beside {len(baselines)} others (seeds {seeds}). A range runs from the smallest "
        "difference to the largest, and a difference whose range holds nought is called not clear. Each "
        "plan is the best that a search had found when it was stopped, not the best there is, and the true "
        "spread is wider than that of a few plans."
    )


def left_out(contents: Contents, baselines: Sequence[Baseline]) -> str:
    """Say whether the plans do the same work."""
    mine = int(contents.figures["overall"]["visits_unassigned"])
    others = [int(baseline.figures["overall"]["visits_unassigned"]) for baseline in baselines]
    if not mine and not any(others):
        return "The plans serve every visit that was asked for, so hours and pounds are of the same work."
    said = " and ".join(f"{other:,}" for other in sorted(set(others)))
    return (
        f"This plan leaves {counted(mine, 'visit')} out, and what it is compared with {said}. What is not "
        "done takes no hours, so hours and pounds are not of exactly the same work."
    )


def estimated_travel(contents: Contents, baselines: Sequence[Baseline]) -> str:
    """Say that hours on the road are estimates."""
    del baselines
    source = contents.provenance.travel.get("source", "the travel source").replace("_", " ")
    return (
        f"Hours on the road are estimates ({harmless(source)}), the same for all plans compared. No plan has "
        "been driven."
    )


def not_cash(contents: Contents, baselines: Sequence[Baseline]) -> str:
    """Say what the pounds are."""
    del contents, baselines
    return (
        "Pounds are what the policy's prices make of hours, miles and wishes, so that plans can be weighed "
        "against each other. They are not a budget: an hour saved is money only where it is not paid or is "
        "put to use."
    )


def not_additive(contents: Contents, baselines: Sequence[Baseline]) -> str:
    """Say why areas, services and organisations need not add up to the whole."""
    del contents, baselines
    return (
        "A joint visit counts for every service and organisation that takes part, so the figures of these "
        "need not add up to the whole."
    )


CAUTIONS: tuple[Caution, ...] = (
    other_input,
    other_means,
    one_search,
    left_out,
    estimated_travel,
    not_cash,
    not_additive,
)
