// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configfield.h"
#include "core/config/configfile.h"
#include "core/config/yamlnode.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace lifeguard {

/// A configuration file that is being edited in a form. Only the text of changed values is modified (editYaml()), so
/// comments and order stay. Nothing is written before save(). A value type.
class ConfigDraft
{
public:
    /// Reads a file; see readTrustedFile() for the errors. InvalidArgument: its syntax is wrong. A file that does not
    /// exist is an empty draft, which save() creates.
    [[nodiscard]] static Result<ConfigDraft> open(const QString &path);

    [[nodiscard]] QString path() const { return m_path; }
    [[nodiscard]] QByteArray text() const { return m_text; }
    [[nodiscard]] bool isChanged() const { return m_text != m_original; }

    /// Returns the names of the pools outside of profiles, in the order of the file.
    [[nodiscard]] QStringList poolNames() const;
    /// Returns the value as a form shows it; empty if the file does not contain the key. field: of the last key.
    [[nodiscard]] QString value(const QStringList &keys, const FieldInfo &field) const;
    /// Sets a value that a form contains; an empty text removes the key. The value itself is not checked (errors()).
    [[nodiscard]] Status setValue(const QStringList &keys, const FieldInfo &field, const QString &text);
    /// Adds a pool with its type. InvalidArgument: there is a pool with this name.
    [[nodiscard]] Status addPool(const QString &name, const QString &type);
    [[nodiscard]] Status removePool(const QString &name);

    /// Returns all errors of the draft, as the file would have them.
    [[nodiscard]] QList<ConfigFileError> errors() const;
    /// Writes the file: completely, or not at all. Its mode stays; a new file has the mode 0600. Busy: the file was
    /// changed since it was read. Io, DiskFull, PermissionDenied: it could not be written.
    [[nodiscard]] Status save();

private:
    [[nodiscard]] Status edit(const QStringList &keys, const std::optional<YamlNode> &value);
    [[nodiscard]] const YamlNode *find(const QStringList &keys) const;

    QString m_path;
    bool m_exists = false; ///< the file, when it was read
    QByteArray m_original;
    QByteArray m_text;
    YamlNode m_root; ///< of m_text
};

} // namespace lifeguard
