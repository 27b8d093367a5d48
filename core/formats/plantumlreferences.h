// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace lifeguard {

/// A file or an address that the text of a diagram names in order to read it.
struct PlantUmlReference
{
    enum class Kind {
        Include, ///< `!include` and its variants, `!import`
        Theme, ///< `!theme course from themes`; the name is that of the file
        Picture, ///< `<img:…>`, `sprite x …`, and pictures in a Graphviz diagram
        Data, ///< `%load_json("…")`
        Question, ///< `%file_exists("…")`: the file may be missing
    };

    Kind kind = Kind::Include;
    QString name; ///< as written, without quotes and without the part after `!`
    int line = 0; ///< counted from 0

    [[nodiscard]] bool isAddress() const; ///< `http://…`, `https://…` and the like
    bool operator==(const PlantUmlReference &) const = default;
};

/// What the text of a diagram, or of an included file, refers to.
struct PlantUmlReferences
{
    QList<PlantUmlReference> named; ///< in the order of the text; without PlantUML's library (`<C4/C4_Context>`)
    bool hasComputedNames = false; ///< the text reads files whose names are known only to PlantUML
    bool mayHavePages = false; ///< `newpage` or `page 2x1`
    bool hasConditions = false; ///< `!if` and the like: not everything that is named is used
    bool usesFileName = false; ///< `%filename()` or the like
    bool hasEmbeddedPictures = false; ///< pictures, or diagrams inside of diagrams, which may fail without an error

    bool hasFormulas = false; ///< `<math>`, `<latex>`, `@startmath`, `@startlatex`

    /// Adds the flags of an included file.
    void addFlags(const PlantUmlReferences &included);
    /// Returns whether the result depends on the folder of the diagram.
    [[nodiscard]] bool readsFiles() const { return !named.isEmpty() || hasComputedNames; }
    bool operator==(const PlantUmlReferences &) const = default;
};

/// Finds what a text refers to. Simple variables in names (`!$dir = "parts"`, `!define DIR parts`) are replaced. Pure.
[[nodiscard]] PlantUmlReferences plantUmlReferences(const QString &text);

} // namespace lifeguard
