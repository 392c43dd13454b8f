"""ONNX Runtime, imported here and nowhere else, so that it never reports to its maker unasked."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any


def onnx_runtime(part: str = "") -> Any:
    """Return the package, or a part of it such as ``quantization``.

    Its telemetry begins while it is imported, and leaves a device id and a database in the user's cache folder: turning
    it off by its own function comes too late. A person's own ``ORT_DISABLE_TELEMETRY`` stands.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    return import_module(f"onnxruntime.{part}" if part else "onnxruntime")
