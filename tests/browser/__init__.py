"""One Chromium for all of these tests."""
