"""From a person's decision to the answer that it counted, while other closes wait for theirs."""

from benchmarks.figures import Figure, percentile, spread
from benchmarks.installation import installation

WAITING = 20
TARGET_S = 0.150
DECISIONS = (
    ("preparer", "submit", "Waits for a reviewer"),
    ("reviewer", "approve", "Waits for a controller"),
    ("controller", "approve", "The controller closes the period"),
)
"""Whose decision, which one, and what the close says when it is at rest again."""


def measure() -> list[Figure]:
    """The JSON POST of a decision through the page's server, each when all closes are at rest."""
    clicks: list[float] = []
    pings: list[float] = []
    with installation(copies=WAITING) as site:
        site.start(site.entities)
        site.drive(site.entities, lambda close: close["awaiting"] == "submission")
        for role, verdict, then in DECISIONS:
            for entity in site.entities:
                close = site.close(entity)
                pings.append(site.health())
                clicks.append(site.decide(role, close, verdict))
                site.wait(entity, then)
    return [
        Figure(
            f"Approval click to answer, {WAITING} closes waiting, {len(clicks)} clicks",
            spread(clicks),
            f"p95 < {TARGET_S * 1000:.0f} ms",
            percentile(clicks, 0.95) < TARGET_S,
            f"GET /health {spread(pings)}",
        )
    ]
