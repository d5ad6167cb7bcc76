"""fusplan: plan MR-guided focused ultrasound thalamotomy on a head MRI, for research and education.

Research and education only. Not for clinical use.
"""

__version__ = "0.1.0"
