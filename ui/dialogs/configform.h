// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configfield.h"
#include "core/config/configfile.h"

#include <QHash>
#include <QList>
#include <QScrollArea>

class QFormLayout;
class QLabel;

namespace lifeguard {

class ConfigDraft;
class InlineMessage;

/// A key of a configuration file, as a form shows it.
struct ConfigFormField
{
    FieldInfo info;
    QStringList keys; ///< that lead to the value within the section: {"count"}, {"scaling", "min"}
    QString usualText; ///< what applies if the file does not contain the key
};

/// Returns the fields of a section for a form, with their defaults. The keys of a map within the section have lines of
/// their own; lists of maps, and maps with keys that the user chooses, are left to a text editor.
template<typename Owner>
[[nodiscard]] QList<ConfigFormField> configFormFields(const QList<ConfigField<Owner>> &fields, const Owner &usual)
{
    QList<ConfigFormField> result;
    for (const ConfigField<Owner> &field : fields) {
        for (const FieldInfo &member : field.fields) {
            if (field.kind == FieldInfo::Kind::Section && !member.hasFields())
                result.append({member, {field.key, member.key}, {}});
        }
        if (!field.hasFields() && field.kind != FieldInfo::Kind::Map)
            result.append({field, {field.key}, field.format(usual, Spelling::Current)});
    }
    return result;
}

/// A form with one line for each key of a section of a configuration file. Shows the values of a draft, and the errors
/// of keys below them.
class ConfigForm : public QScrollArea
{
    Q_OBJECT

public:
    /// keys: those that lead to the section, {"pools", "plantuml"}.
    ConfigForm(QStringList keys, const QList<ConfigFormField> &fields, const ConfigDraft &draft,
               QWidget *parent = nullptr);

    [[nodiscard]] QStringList keys() const { return m_keys; }
    /// Shows the errors of the section below their fields; removes all others.
    void setErrors(const QList<ConfigFileError> &errors);

Q_SIGNALS:
    /// The user has entered a value; an empty text stands for the default.
    void valueEntered(const QStringList &keys, const lifeguard::FieldInfo &field, const QString &text);

private:
    void addLine(QFormLayout &layout, const ConfigFormField &field, const QString &value);
    [[nodiscard]] QWidget *createEditor(const ConfigFormField &field, const QString &value);

    QStringList m_keys;
    QHash<QString, InlineMessage *> m_errors; ///< by key within the section: "scaling.min"
};

} // namespace lifeguard
