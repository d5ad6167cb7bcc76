"""The plan: landmarks, targets, lesions, what they cover, and how sure that is."""
