"""What a slice shows, as plain values without Qt: the report and the slice views draw from the same ones."""
