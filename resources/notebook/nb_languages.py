# SPDX-License-Identifier: GPL-3.0-or-later
"""The programming languages of CLX and CLM: their kernels, comments, and what notebooks say about them."""
import copy

from nb_errors import NotebookError


class Language:
    """A programming language: the sign that begins a comment and a cell marker, the prefix of Jinja's line statements, jupytext's
    name, and the metadata of notebooks."""

    def __init__(self, comment, jinja_prefix, jupytext_name, kernelspec, language_info):
        self.comment = comment
        self.jinja_prefix = jinja_prefix
        self.jupytext_name = jupytext_name
        self.kernelspec = kernelspec
        self.language_info = language_info


def kernelspec(name, display_name, language):
    return {"name": name, "display_name": display_name, "language": language}


def language_info(name, suffix, mimetype, **more):
    return {"name": name, "file_extension": suffix, "mimetype": mimetype, **more}


LANGUAGES = {
    "python": Language("#", "# j2", "python", kernelspec("python3", "Python 3 (ipykernel)", "python"),
                       language_info("python", ".py", "text/x-python", codemirror_mode={"name": "ipython", "version": 3},
                                     nbconvert_exporter="python", pygments_lexer="ipython3")),
    "cpp": Language("//", "// j2", "c++", kernelspec("xcpp20", "C++20", "cpp"),
                    language_info("C++", ".cpp", "text/x-c++src", codemirror_mode="text/x-c++src", version="20")),
    "csharp": Language("//", "// j2", "csharp", kernelspec(".net-csharp", ".NET (C#)", "C#"),
                       language_info("C#", ".cs", "text/x-csharp", pygments_lexer="csharp", version="12.0")),
    "java": Language("//", "// j2", "java", kernelspec("java", "Java", "java"),
                     language_info("Java", ".java", "text/java", codemirror_mode="java", pygments_lexer="java", version="")),
    "typescript": Language("//", "// j2", "typescript", kernelspec("deno", "Deno", "typescript"),
                           language_info("typescript", ".ts", "text/x.typescript", codemirror_mode="typescript",
                                         pygments_lexer="typescript", version="5.6.2")),
    # CLX and CLM have no templates for Rust; its line statements begin as in Python.
    "rust": Language("//", "# j2", "rust", kernelspec("rust", "Rust", "rust"),
                     language_info("Rust", ".rs", "text/rust", codemirror_mode="rust", pygments_lexer="rust", version="")),
}
CLX_CPP = Language("//", "// j2", "c++", kernelspec("xcpp17", "C++17", "C++17"),
                   language_info("c++", ".cpp", "text/x-c++src", codemirror_mode="text/x-c++src", version="17"))


def language(rules, prog_lang):
    """Returns the language that a job of CLX or CLM names. Fails for a language that they do not have."""
    name = prog_lang.lower()
    if name not in LANGUAGES:
        raise NotebookError("unknown_prog_lang", prog_lang=prog_lang, known=sorted(LANGUAGES))
    return CLX_CPP if rules == "clx" and name == "cpp" else LANGUAGES[name]


def describe(notebook, prog_language, rules, keys):
    """Sets the metadata that jupytext and CLX or CLM write. keys: the metadata keys of all cells of the input."""
    entries = sorted(keys)
    cell_filter = ",".join(["-all", *entries] if rules == "clm" else [*entries, "-all"])
    notebook.metadata = type(notebook.metadata)({
        "jupytext": {"cell_metadata_filter": cell_filter, "main_language": prog_language.jupytext_name,
                     "notebook_metadata_filter": "-all"},
        "kernelspec": copy.deepcopy(prog_language.kernelspec),
        "language_info": copy.deepcopy(prog_language.language_info),
    })
