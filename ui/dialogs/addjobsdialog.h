// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/jobplanner.h"

#include <QDialog>

#include <memory>

class QDialogButtonBox;
class QPushButton;
class QSpinBox;
class QTabWidget;

namespace lifeguard {

class FileJobsPage;
class PayloadJobsPage;

/// What the dialog needs to know of the window it is opened from.
struct AddJobsContext
{
    QString workspace; ///< absolute
    QStringList types; ///< job types of the database, beside those that we know
    QStringList served; ///< job types that a pool here works on
};

/// Asks what to convert, and shows what would be made before anything is: from files and folders, or jobs of a type that takes no
/// files. Nothing is written; plan() or job() and count() say what was accepted.
class AddJobsDialog : public QDialog
{
    Q_OBJECT

public:
    explicit AddJobsDialog(const AddJobsContext &context, QWidget *parent = nullptr);
    ~AddJobsDialog() override;

    void addPaths(const QStringList &paths);

    /// What was shown when the dialog was accepted; nothing when jobs without files were.
    [[nodiscard]] std::shared_ptr<const JobPlan> plan() const;
    [[nodiscard]] int priority() const;
    /// The job without files, and how many of it.
    [[nodiscard]] NewJob job() const;
    [[nodiscard]] int count() const;

    void accept() override;

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    [[nodiscard]] bool isFromFiles() const;
    void showState();

    FileJobsPage *m_files;
    PayloadJobsPage *m_payload;
    QTabWidget *m_tabs;
    QSpinBox *m_priority;
    QPushButton *m_ok;
};

} // namespace lifeguard
