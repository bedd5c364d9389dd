"""What XGBoost's and LightGBM's models say, read before the libraries get their bytes."""
