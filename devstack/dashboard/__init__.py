"""The dashboard of the local world: built from client/ where Node is, served as a static site."""
