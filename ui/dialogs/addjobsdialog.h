// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/submit/jobplanner.h"
#include "ui/dialogs/addjobscontext.h"

#include <QDialog>

#include <memory>

class QCheckBox;
class QPushButton;
class QSpinBox;
class QTabWidget;

namespace lifeguard {

class FileJobsPage;
class PayloadJobsPage;

/// The dialog for adding jobs, from files and folders or without files. It shows a preview and writes nothing. After
/// the dialog was accepted, either plan(), or job() and count(), return what to add.
class AddJobsDialog : public QDialog
{
    Q_OBJECT

public:
    explicit AddJobsDialog(const AddJobsContext &context, QWidget *parent = nullptr);
    ~AddJobsDialog() override;

    void addPaths(const QStringList &paths);

    /// Returns the plan for jobs from files; null if jobs without files were accepted.
    [[nodiscard]] std::shared_ptr<const JobPlan> plan() const;
    [[nodiscard]] int priority() const;
    /// Returns whether unchanged inputs are converted again.
    [[nodiscard]] bool isForced() const;
    /// Returns the job without files. count() is the number of copies to add.
    [[nodiscard]] NewJob job() const;
    [[nodiscard]] int count() const;

    void accept() override;

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    [[nodiscard]] bool isFromFiles() const;
    void updateAddButton();

    FileJobsPage *m_files;
    PayloadJobsPage *m_payload;
    QTabWidget *m_tabs;
    QSpinBox *m_priority;
    QCheckBox *m_forced;
    QPushButton *m_add;
};

} // namespace lifeguard
