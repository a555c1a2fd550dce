"""Why a decision was made: a code, and the values that its sentence names. The models put it into words (touch.words)."""

from __future__ import annotations

from typing import Any

Why = tuple[str, dict[str, Any]]
