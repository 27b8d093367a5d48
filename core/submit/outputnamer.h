// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/inputclassifier.h"

#include <QJsonObject>
#include <QList>
#include <QStringList>

namespace lifeguard {

/// One of the jobs that convert a file, and its output.
struct PlannedOutput
{
    QString path; ///< relative to the output folder
    QJsonObject payload; ///< the values that distinguish the job from the other jobs of the file: a notebook's kind and
                         ///< language, a page, a diagram

    QStringList further = {}; ///< paths of outputs that the job writes in addition, as far as they are known

    bool operator==(const PlannedOutput &) const = default;
};

/// Names the outputs of inputs: in the output folder, each output has the relative path of its input, with the suffix
/// of its format; that of "a.drawio.svg" begins with "a". All outputs of an input except the usual one have a mark in
/// their names, such as "-page1" or, if all pages are drawn, the name of the page. Pure.
class OutputNamer
{
public:
    /// options must outlive this object.
    explicit OutputNamer(const PlanOptions &options) : m_options(options) {}

    /// Returns the outputs of an input, one for each job. relativePath: of the input, in the workspace.
    [[nodiscard]] QList<PlannedOutput> outputs(const QString &relativePath, const InputClass &input) const;

private:
    struct Variant
    {
        QString mark;
        QJsonObject payload;
        QStringList furtherMarks = {};
    };

    [[nodiscard]] QList<Variant> variants(const InputClass &input) const;
    [[nodiscard]] Variant notebookVariant() const;
    [[nodiscard]] QList<Variant> drawingVariants(const InputClass &input) const;
    [[nodiscard]] static QList<Variant> diagramVariants(const QByteArray &content);

    const PlanOptions &m_options;
};

} // namespace lifeguard
