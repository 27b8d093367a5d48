// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QStringList>
#include <QWidget>

class QHBoxLayout;

namespace lifeguard {

/// Fields for the output formats of job types that have more than one.
class OutputFormatFields : public QWidget
{
    Q_OBJECT

public:
    explicit OutputFormatFields(QWidget *parent = nullptr);

    /// Shows the fields of these types. If the list is empty, keeps the present fields, or shows those of all types
    /// with several formats if there are none.
    void setTypes(const QStringList &types);
    /// Returns the formats that the user selected, by type.
    [[nodiscard]] const QHash<QString, QString> &formats() const { return m_formats; }

Q_SIGNALS:
    void changed();

private:
    void addField(const QString &type);

    QHBoxLayout *m_layout;
    QStringList m_types; ///< the types that have a field
    QHash<QString, QString> m_formats;
};

} // namespace lifeguard
