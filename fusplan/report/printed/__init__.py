"""The report on two sheets of paper, as values: what stands on each page, without a word about who draws it."""
