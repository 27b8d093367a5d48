// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configfield.h"

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
    QString usualText; ///< what applies if the file does not contain the key
};

/// Returns the fields of a section for a form, with their defaults.
template<typename Owner>
[[nodiscard]] QList<ConfigFormField> configFormFields(const QList<ConfigField<Owner>> &fields, const Owner &usual)
{
    QList<ConfigFormField> result;
    for (const ConfigField<Owner> &field : fields) {
        // Maps and sections have no line in the form, and keep their text.
        if (field.kind != FieldInfo::Kind::Map && !field.hasFields())
            result.append({field, field.format(usual, Spelling::Current)});
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
    /// Shows errors, by key within the section; removes all others.
    void setErrors(const QHash<QString, QString> &errors);
    /// Scrolls to the key and gives it the focus.
    void showKey(const QString &key);

Q_SIGNALS:
    /// The user has entered a value; an empty text stands for the default.
    void valueEntered(const QStringList &keys, const lifeguard::FieldInfo &field, const QString &text);

private:
    struct Line
    {
        QWidget *editor;
        InlineMessage *error;
    };

    void addLine(QFormLayout &layout, const ConfigFormField &field, const QString &value);
    [[nodiscard]] QWidget *createEditor(const ConfigFormField &field, const QString &value);

    QStringList m_keys;
    QHash<QString, Line> m_lines;
};

} // namespace lifeguard
