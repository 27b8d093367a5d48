# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the code cells of a C++ deck as one translation unit that compiles, as CLM does.

The definitions of a cell become definitions at namespace scope, in order. Its statements become a function, slide_01() and so on,
which main() calls. A last expression without a semicolon, whose value a notebook shows, is printed.
"""
import re

TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))"""
    r"""|(?P<raw>(?:u8|[uUL])?R"(?P<delimiter>[^()\\\s]{0,16})\(.*?(?:\)(?P=delimiter)"|\Z))"""
    r"""|(?P<string>"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+')"""
    r"""|(?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)"""
    r"""|(?P<open>[({\[])|(?P<close>[)}\]])|(?P<end>;)""", re.DOTALL | re.MULTILINE)
TRAILING_COMMENT = re.compile(r"(?:[ \t]*//[^\n]*)?")
BLOCK_WORD = re.compile(r"(?:for|while|do|if|else|switch|try|catch|namespace|extern\s*\"C\")(?!\w)")
CLASS_IN_TEMPLATE = re.compile(r">\s*(?:class|struct|union)\b[^()]*$")
PARENTHESES = re.compile(r"\([^()]*\)")
CONTINUATIONS = (",", ".", ")", "(", "[", "{", ":", "->", "?", "=", "+", "-", "*", "/", "<", ">", "|", "&")
INCLUDE = re.compile(r"^\s*#\s*include\b\s*(.*?)\s*$")
DEFINING_WORD = re.compile(r"(?:using|typedef|template|class|struct|union|enum|namespace|extern|static|constexpr|constinit|"
                           r"consteval|const|inline|static_assert|concept|auto|requires|\[\[)(?!\w)")
STATEMENT_WORD = re.compile(r"(?:for|while|do|if|else|switch|case|default|try|catch|return|throw|goto|break|continue|delete|new|"
                            r"co_await|co_yield|co_return|sizeof|this)\b|[^A-Za-z_:\[]|::\s*\(")
# A type, a name, and what follows the name of a variable or of a function.
NUMBER_TYPE = re.compile(r"(?:(?:unsigned|signed|long|short)\s+)*(?:unsigned|signed|long|short|int|char|double)\b")
CLASS_TYPE = re.compile(
    r"(?:volatile\s+)?(?:::\s*)?[A-Za-z_]\w*(?:\s*::\s*[A-Za-z_]\w*)*(?P<arguments>\s*<)?")
NESTED_TYPE = re.compile(r"(?:\s*::\s*[A-Za-z_]\w*)*")
DECLARED_NAME = re.compile(r"(?:\s*(?:const|volatile)\b)*(?:\s*[&*]+\s*(?:const\b\s*)?|\s+)(?:\[[\w\s,]+\]|"
                           r"(?:operator\s*[^\s\w(]{1,3}|[A-Za-z_]\w*)(?:\s*::\s*~?[A-Za-z_]\w*)*)\s*(?:$|[;=({\[,])")
MEMBER_DEFINITION = re.compile(r"[A-Za-z_]\w*(?:\s*::\s*~?[A-Za-z_]\w*)+\s*\([^;]*\)[^;]*\{", re.DOTALL)
MAIN = re.compile(r"\bint\s+main\s*\(|\bauto\s+main\s*\(")

DISPLAY_INCLUDES = ("<iostream>", "<type_traits>", "<utility>")
DISPLAY_HELPER = """\
// Prints the value of an expression, as a notebook does. Expressions without a value and streams print nothing.
namespace clm_display {
struct Printer {};
template <typename T>
void operator,(T &&value, Printer)
{
    if constexpr (std::is_base_of_v<std::ios_base, std::remove_reference_t<T>>)
        static_cast<void>(value);
    else if constexpr (requires { std::cout << std::forward<T>(value); })
        std::cout << std::forward<T>(value) << '\\n';
    else
        std::cout << "(a value that cannot be printed)\\n";
}
} // namespace clm_display
#define CLM_DISPLAY(...) static_cast<void>(((__VA_ARGS__), clm_display::Printer{}))
"""


def translation_unit(notebook, kind):
    """Returns the code of all cells as one C++ file."""
    includes, parts, slides = [], [], []
    displays = has_main = False
    keeps_empty = kind in ("code-along", "partial")
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if not cell.source.strip():
            if keeps_empty:
                slides.append(slide_name(len(slides)))
                parts.append("void %s() {\n    // TODO\n}" % slides[-1])
            continue
        statements = []
        for text in split(cell.source):
            code = without_comments(text)
            include = INCLUDE.match(text)
            if include:
                includes += [include[1]] if include[1] not in includes else []
            elif is_definition(text):
                has_main = has_main or bool(MAIN.match(code) and code.endswith("}"))
                parts.append(text)
            elif code and not code.endswith((";", "}")):
                displays = True
                statements.append("CLM_DISPLAY(%s);" % code)
            else:
                statements.append(text)
        if any(without_comments(text) for text in statements):
            slides.append(slide_name(len(slides)))
            parts.append("void %s() {\n%s\n}" % (slides[-1], "\n".join(map(indented, statements))))
        else:
            parts += statements
    if displays:
        includes += [name for name in DISPLAY_INCLUDES if name not in includes]
        parts.insert(0, DISPLAY_HELPER.rstrip("\n"))
    if includes:
        parts.insert(0, "\n".join("#include " + name for name in includes))
    if slides and not has_main:
        parts.append("int main() {\n%s\n}" % "\n".join("    %s();" % name for name in slides))
    return "\n\n".join(parts) + "\n"


def slide_name(index):
    return "slide_%02d" % (index + 1)


def split(source):
    """Splits the code of a cell into definitions, statements and preprocessor lines. Comments belong to what follows them."""
    pieces, begin, depth, brace = [], 0, 0, 0
    for match in TOKEN.finditer(source):
        kind = match.lastgroup if match.lastgroup != "delimiter" else "raw"
        if kind == "open":
            brace = match.start() if depth == 0 else brace
            depth += 1
        elif kind == "close":
            depth -= 1
            if match[0] == "}" and depth == 0 and ends_at_brace(source[begin:brace], source[match.end():]):
                begin = add_piece(pieces, source, begin, match.end())
        elif kind == "end" and depth <= 0:
            begin = add_piece(pieces, source, begin, match.end())
        elif kind == "directive" and depth <= 0:
            pieces += [source[begin:match.start()], match[0]]
            begin = match.end()
    pieces.append(source[begin:])
    return [piece.strip() for piece in pieces if piece.strip()]


def add_piece(pieces, source, begin, end):
    """Adds a piece, with the comment that follows it on the same line. Returns its end."""
    end = TRAILING_COMMENT.match(source, end).end()
    pieces.append(source[begin:end])
    return end


def ends_at_brace(head, rest):
    """Returns whether a definition or statement is complete after its closing brace. head: the text before the opening one."""
    head = without_comments(head)
    following = without_comments(rest[:400])
    if following.startswith(";"):
        return False
    if BLOCK_WORD.match(head) or not head:
        if re.match(r"(?:if|else|try|do)\b", head) and re.match(r"(?:else|catch|while)\b", following):
            return following.startswith("while") and not head.startswith("do")
        return True
    if re.match(r"(?:class|struct|union|enum)\b", head) or (head.startswith("template") and CLASS_IN_TEMPLATE.search(head)):
        return False  # a semicolon follows
    return is_function(head) or not following.startswith(CONTINUATIONS)


def is_function(head):
    """Returns whether the text before a brace is the head of a function: it ends with its parameters, and assigns nothing."""
    outer = re.sub(r"operator\s*[^\s\w(]{1,3}", "operator", head)
    while PARENTHESES.search(outer):
        outer = PARENTHESES.sub("@", outer)
    return "=" not in outer and "]" not in outer and bool(re.search(r"@\s*(?:const|noexcept|override|final|\s|->.*)*$", outer))


def without_comments(text):
    return TOKEN.sub(lambda match: "" if match["comment"] else match[0], text).strip()


def is_definition(text):
    """Returns whether the text belongs at namespace scope: a definition, a declaration, or a preprocessor line."""
    code = without_comments(text)
    if code.startswith("#"):
        return True
    if DEFINING_WORD.match(code):
        return not code.startswith("auto ") or "=" in code or "(" in code
    if not code or STATEMENT_WORD.match(code):
        return False
    if MEMBER_DEFINITION.match(code):
        return True
    return code.endswith((";", "}")) and any(DECLARED_NAME.match(code[end:]) for end in type_ends(code))


def type_ends(code):
    """Returns the positions at which a type at the beginning of the code can end."""
    number = NUMBER_TYPE.match(code)
    ends = [number.end()] if number else []
    declared = CLASS_TYPE.match(code)
    if declared:
        end = declared.end()
        if declared["arguments"]:
            end = after_arguments(code, end)
            end += NESTED_TYPE.match(code, end).end() - end
        ends.append(end)
    return [end for end in ends if end]


def after_arguments(code, begin):
    """Returns the position after template arguments, which begin there, or 0 if these are none."""
    depth = 1
    for index in range(begin, len(code)):
        depth += {"<": 1, ">": -1}.get(code[index], 0)
        if depth == 0:
            return index + 1
        if code[index] in ";{":
            return 0
    return 0


def indented(text):
    """Returns the text indented by four spaces. The lines of raw strings are not changed."""
    protected = [(match.start(), match.end()) for match in TOKEN.finditer(text) if match["raw"]]
    result, position = [], 0
    for line in text.split("\n"):
        is_raw = any(begin < position <= end for begin, end in protected)
        result.append(line if is_raw or not line else "    " + line)
        position += len(line) + 1
    return "\n".join(result)
