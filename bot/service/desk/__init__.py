"""The pages for handlers, duty officers and leaders."""
