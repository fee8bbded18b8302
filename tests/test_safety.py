"""What the app promises not to do, looked for in its code: to run a shell, a pickle, or others' code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = [path for folder in ("engine", "studio", "ui") for path in sorted((ROOT / folder).rglob("*.py"))]
UNPICKLING = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "yaml"}
ARCHIVES = {"tarfile", "zipfile"}
BUILTINS = {"eval", "exec", "compile", "__import__"}
# Dotted calls that run a shell, a pickle, or a stranger's archive.
CALLS = {
    *("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"),
    *("torch.load", "torch.jit.load", "torch.hub.load", "shutil.unpack_archive", "runpy.run_path"),
    "runpy.run_module",
}


def dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` for such an expression, and nothing for others."""
    if isinstance(node, ast.Name):
        return node.id
    return (
        f"{before}.{node.attr}" if isinstance(node, ast.Attribute) and (before := dotted(node.value)) else ""
    )


def faults(tree: ast.AST) -> Iterator[str]:
    """Yield what a piece of code does that it must not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            names = [alias.name for alias in node.names]
            tops = {name.split(".")[0] for name in (names if isinstance(node, ast.Import) else [module])}
            yield from (f"imports {name}" for name in tops & UNPICKLING)
            if tops & ARCHIVES and names != ["zipfile"]:
                yield "unpacks archives"
        if not isinstance(node, ast.Call):
            continue
        called = dotted(node.func)
        if called in CALLS or called in BUILTINS:
            yield f"calls {called}"
        if called.startswith("zipfile.") and called != "zipfile.is_zipfile":
            yield f"calls {called}"
        for keyword in node.keywords:
            value = keyword.value.value if isinstance(keyword.value, ast.Constant) else "computed"
            if keyword.arg in ("shell", "trust_remote_code", "allow_pickle") and value is not False:
                yield f"{keyword.arg}={value}"
            if keyword.arg == "weights_only" and value is not True:
                yield f"weights_only={value}"
        if called in ("np.load", "numpy.load") and "allow_pickle" not in {k.arg for k in node.keywords}:
            yield "np.load without allow_pickle=False"
        if called.endswith(".from_pretrained") and not _safely_read(node):
            yield f"{called} may run or unpickle what it reads"


def _safely_read(call: ast.Call) -> bool:
    """Tell whether a model or tokenizer is read without its own code, weights from safetensors or a GGUF."""
    given = {k.arg: k.value.value if isinstance(k.value, ast.Constant) else True for k in call.keywords}
    if dotted(call.func).startswith("PeftModel."):
        return True  # an export written a moment ago: peft reads its safetensors, and knows no code of others
    if "gguf_file" in given:
        return True  # the app's own, by its checksum
    weights = "Model" in dotted(call.func)
    return given.get("trust_remote_code") is False and (not weights or given.get("use_safetensors") is True)


def test_no_shell_no_pickle_no_code_of_others() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in CODE}
    found = {str(path): told for path, tree in trees.items() if (told := list(faults(tree)))}
    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        "subprocess.run('x', shell=True)",
        "subprocess.run('x', shell=flag)",
        "import pickle",
        "from yaml import load",
        "torch.load(path)",
        "eval(text)",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "from zipfile import ZipFile",
        "AutoModelForCausalLM.from_pretrained(x, trust_remote_code=False)",
        "AutoTokenizer.from_pretrained(x)",
    ],
)
def test_it_would_be_found(code: str) -> None:
    assert list(faults(ast.parse(code)))


def _fixed(node: ast.expr) -> bool:
    """Tell whether a tooltip is our own words, or passes ``ui.tips.tip``."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name.isupper()
        case ast.Subscript(value=value):
            return _fixed(value)
        case ast.IfExp(body=body, orelse=orelse):
            return _fixed(body) and _fixed(orelse)
        case ast.JoinedStr(values=values):
            return all(_fixed(v.value) if isinstance(v, ast.FormattedValue) else True for v in values)
        case ast.Call(func=ast.Name(id=name)):
            return name in ("tip", "spelled")
    return False


# Their words are the app's own: what was done last, and the sentence of an action.
OURS = {"ui/pages/palette.py"}


def test_tooltips_are_text() -> None:
    said: dict[str, list[str]] = {}
    for path in CODE:
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and name not in OURS:
                place = {"setToolTip": 0, "showText": 1}.get(node.func.attr, 9)
                told = said.setdefault(name, [])
                told += [ast.unparse(words) for words in node.args[place : place + 1] if not _fixed(words)]
    assert {name: words for name, words in said.items() if words} == {}
