// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/configdraft.h"

#include <QDialog>

class QLabel;
class QListWidget;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;

namespace lifeguard {

class ConfigForm;
class InlineMessage;

/// The dialog that edits a configuration file in forms: general settings, sections and pools on the left, the form of
/// the selected one on the right, and the text that will be saved. Only changed values are modified in the file. Errors
/// are shown below their fields; a file with errors cannot be saved.
class ConfigDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ConfigDialog(const ConfigDraft &draft, QWidget *parent = nullptr);

    void reject() override; ///< asks first if there are changes

Q_SIGNALS:
    /// The file was written.
    void saved(const QString &path);

private:
    void build();
    void fillList();
    void showEntry(int row);
    void changeValue(const QStringList &keys, const FieldInfo &field, const QString &text);
    void addPool();
    void removePool();
    void check();
    void save();
    [[nodiscard]] ConfigForm *createForm(const QString &entry);
    [[nodiscard]] QString selectedPool() const;

    ConfigDraft m_draft;
    QListWidget *m_entries;
    QStackedWidget *m_pages;
    QPlainTextEdit *m_text;
    ConfigForm *m_form = nullptr; ///< of the selected entry; null while the text is shown
    InlineMessage *m_message;
    QPushButton *m_add;
    QPushButton *m_remove;
    QPushButton *m_save;
};

} // namespace lifeguard
