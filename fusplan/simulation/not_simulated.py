"""What the simulation leaves out, and what stands beside every prediction: sentences for screen, report and exports."""

from __future__ import annotations

NOT_SIMULATED: tuple[str, ...] = (
    "Not simulated: heating in the near field, standing waves, shear waves in the skull, the temperature of bone, skin "
    "and dura, movement of the head, refraction (rays are straight).",
    "Cavitation is a teaching event of a declared likelihood; no physics is claimed for it.",
)

BESIDE_EVERY_PREDICTION: tuple[str, ...] = (
    "The same power gives a four-fold range of temperature rises between patients (V, McDannold 2019).",
    "The skull density ratio explains R2 0.20 to 0.34 of the energy needed (V).",
    "The measured focus lay 1.6 ± 0.6 mm from the prescribed target (V, Pulkkinen 2014).",
)
