"""A model as a file that ONNX Runtime runs: traced, fused, quantised; and its tokenizer beside it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from search.encoders.onnx import OUTPUT, TOKENS
from search.encoders.runtime import onnx_runtime

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OPSET: Final = 17


def write_graph(
    module: Any, example: Mapping[str, Any], config: Any, folder: Path, *, quantise: bool, tokens: bool = False
) -> None:
    """Write ``model.onnx`` with an output, ``output``, whose first axis is the batch, and perhaps one of tokens.

    Args:
        module: A ``torch.nn.Module`` that takes ``input_ids``, ``attention_mask`` and perhaps ``token_type_ids``.
        example: Tokenised texts as tensors, at least two of them.
        config: The configuration of the transformer within, for what can be fused.
        folder: Where to write.
        quantise: Weights and activations to int8 (dynamically); else float32.
        tokens: The module gives a vector for each token too: the second output, ``tokens``.
    """
    import onnx
    import torch

    quantization, optimizer = onnx_runtime("quantization"), onnx_runtime("transformers.optimizer")
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in example]
    of_tokens = [TOKENS] if tokens else []
    plain, fused = folder / "plain.onnx", folder / "fused.onnx"
    logging.getLogger("onnxruntime").setLevel(logging.ERROR)
    with torch.no_grad():
        # The TorchScript exporter gives the graph whose attention the optimizer knows how to fuse.
        torch.onnx.export(
            module.eval(),
            tuple(example[name] for name in names),
            str(plain),
            input_names=names,
            output_names=[OUTPUT, *of_tokens],
            dynamic_axes={**{name: {0: "batch", 1: "tokens"} for name in [*names, *of_tokens]}, OUTPUT: {0: "batch"}},
            opset_version=_OPSET,
            dynamo=False,
        )
    kind = config.model_type if config.model_type in {"bert", "distilbert"} else "bert"
    optimized = optimizer.optimize_model(
        str(plain),
        model_type="bert" if kind == "distilbert" else kind,
        num_heads=getattr(config, "num_attention_heads", 0) or 0,
        hidden_size=getattr(config, "hidden_size", 0) or 0,
        opt_level=0,
    )
    optimized.save_model_to_file(str(fused))
    if quantise:
        # Asymmetric weights per channel: 0.9953 mean cosine against 0.9948 symmetric, at the same speed.
        options = {"DefaultTensorType": onnx.TensorProto.FLOAT, "WeightSymmetric": False}
        whole = folder / "quantised.onnx"
        quantization.quantize_dynamic(
            fused, whole, per_channel=True, weight_type=quantization.QuantType.QInt8, extra_options=options
        )
    else:
        whole = fused
    graph = onnx.load(_optimised(whole, folder / "optimised.onnx"))
    _split_norms(graph.graph)
    onnx.save(graph, folder / "model.onnx")
    for left in folder.glob("*.onnx"):
        if left.name != "model.onnx":
            left.unlink()


def _optimised(model: Path, target: Path) -> Path:
    """Let ONNX Runtime fuse what surrounds integer products once, so that opening the model need not (5 % faster)."""
    onnxruntime = onnx_runtime()
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return target


def _split_norms(graph: Any) -> None:
    """Replace each fused sum and normalisation by the two: its kernel on CPUs is scalar (15 % of the time)."""
    from onnx import helper

    nodes = []
    for node in graph.node:
        if node.op_type != "SkipLayerNormalization" or len(node.output) > 1:
            nodes.append(node)
            continue
        summed, skipped, scale, *shift_and_bias = node.input
        shift, bias = (*shift_and_bias, "", "")[:2]
        name = node.output[0]
        if bias:
            nodes.append(helper.make_node("Add", [summed, bias], [f"{name}_biased"]))
            summed = f"{name}_biased"
        nodes.append(helper.make_node("Add", [summed, skipped], [f"{name}_summed"]))
        norm = [f"{name}_summed", scale, *([shift] if shift else [])]
        epsilon = next((one.f for one in node.attribute if one.name == "epsilon"), 1e-12)
        nodes.append(helper.make_node("LayerNormalization", norm, [name], axis=-1, epsilon=epsilon))
    del graph.node[:]
    graph.node.extend(nodes)


def write_tokenizer(tokenizer: Any, folder: Path, max_length: int) -> bool:
    """Write ``tokenizer.json`` with its truncation; False for a tokenizer that has no such form."""
    fast = getattr(tokenizer, "backend_tokenizer", None)
    if fast is None:
        return False
    fast.no_padding()
    fast.enable_truncation(max_length)
    fast.save(str(folder / "tokenizer.json"))
    return True
