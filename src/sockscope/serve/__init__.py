"""The app on a page: each visitor gets a session of their own."""
