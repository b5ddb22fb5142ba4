"""Root keys that this process can read itself: in files of their own, or in the environment."""

from gateway.adapters.root_local.environment import EnvironmentRoot
from gateway.adapters.root_local.files import FileRoot

__all__ = ["EnvironmentRoot", "FileRoot"]
