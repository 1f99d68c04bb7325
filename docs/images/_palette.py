"""The colours of the pictures, those of the displays: what was done, what it is compared with."""

BLUE, ORANGE, GREEN = "#2b6cb0", "#c05621", "#2f855a"
GREY, PALE_GREY = "#718096", "#a0aec0"
