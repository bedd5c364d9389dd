"""The app's side of the disposable process in which a model is loaded."""
