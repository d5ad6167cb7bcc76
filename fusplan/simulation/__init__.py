"""From the helmet to the lesion: elements, skull, focus, heat, dose, thermometry, and what a treatment may make.

Physics that takes points, grids and numbers, no plan. Places are in scanner RAS mm as everywhere, quantities in SI; a
name says its unit. What a figure here is not stands in ``fusplan/simulation/not_simulated.py``.
"""
