"""The content of ``plan.fusplan.json``: one file a thing, with its model, both conversions, and its own upgrades.

The domain values know nothing of it. To keep another field with a plan: the field in its value
(:mod:`fusplan.planning.plan`), in the model and both ways here, with an entry in that file's ``UPGRADES`` that says
what older files mean by not having it; and the edit that sets it. The version number follows from the upgrades.
"""
