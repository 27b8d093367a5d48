// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/addjobsdialog.h"

#include "ui/dialogs/filejobspage.h"
#include "ui/dialogs/payloadjobspage.h"
#include "ui/theme/theme.h"
#include "ui/views/dropoverlay.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QScreen>
#include <QSpinBox>
#include <QTabWidget>
#include <QVBoxLayout>

namespace lifeguard {

AddJobsDialog::AddJobsDialog(const AddJobsContext &context, QWidget *parent)
    : QDialog(parent)
    , m_files(new FileJobsPage(context, this))
    , m_payload(new PayloadJobsPage(context, this))
    , m_tabs(new QTabWidget(this))
    , m_priority(new QSpinBox(this))
    , m_forced(new QCheckBox(tr("Convert &unchanged inputs too"), this))
{
    setObjectName(QStringLiteral("addJobsDialog"));
    setWindowTitle(tr("Add jobs"));
    setAcceptDrops(true);
    resize(QSize(60 * fontMetrics().averageCharWidth() + 480, 26 * fontMetrics().lineSpacing() + 160)
               .boundedTo(screen()->availableSize() - QSize(32, 64)));

    m_tabs->setObjectName(QStringLiteral("jobSourceTabs"));
    m_tabs->setAccessibleName(tr("Source of the jobs"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_files, tr("&Files and folders"));
    m_tabs->addTab(m_payload, tr("&Without files"));

    m_priority->setObjectName(QStringLiteral("jobPriority"));
    m_priority->setAccessibleName(tr("Priority"));
    m_priority->setRange(-1000, 1000);
    m_priority->setToolTip(tr("Jobs with a higher priority are processed first. The default is 0."));
    auto *label = new QLabel(tr("&Priority"), this);
    label->setBuddy(m_priority);

    m_forced->setObjectName(QStringLiteral("jobForced"));
    m_forced->setAccessibleName(tr("Convert unchanged inputs too"));
    m_forced->setToolTip(tr("Otherwise, an output that was made from the same content is kept."));

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_add = buttons->button(QDialogButtonBox::Ok);
    m_add->setObjectName(QStringLiteral("addButton"));
    m_add->setDefault(true);
    buttons->button(QDialogButtonBox::Cancel)->setObjectName(QStringLiteral("cancelAddButton"));
    auto *bottom = new QHBoxLayout;
    bottom->setSpacing(theme::inside);
    bottom->addWidget(label);
    bottom->addWidget(m_priority);
    bottom->addWidget(m_forced);
    bottom->addStretch();
    bottom->addWidget(buttons);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::inside, theme::between, theme::between);
    layout->setSpacing(theme::between);
    layout->addWidget(m_tabs, 1);
    layout->addLayout(bottom);

    connect(m_tabs, &QTabWidget::currentChanged, this, &AddJobsDialog::updateAddButton);
    connect(m_files, &FileJobsPage::changed, this, &AddJobsDialog::updateAddButton);
    connect(m_payload, &PayloadJobsPage::changed, this, &AddJobsDialog::updateAddButton);
    connect(buttons, &QDialogButtonBox::accepted, this, &AddJobsDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_files->setFocus();
    updateAddButton();
}

AddJobsDialog::~AddJobsDialog() = default;

void AddJobsDialog::addPaths(const QStringList &paths)
{
    m_tabs->setCurrentWidget(m_files);
    m_files->addPaths(paths);
}

bool AddJobsDialog::isFromFiles() const
{
    return m_tabs->currentWidget() == m_files;
}

std::shared_ptr<const JobPlan> AddJobsDialog::plan() const
{
    return isFromFiles() ? m_files->plan() : nullptr;
}

int AddJobsDialog::priority() const
{
    return m_priority->value();
}

bool AddJobsDialog::isForced() const
{
    return m_forced->isChecked();
}

NewJob AddJobsDialog::job() const
{
    NewJob job = m_payload->job();
    job.priority = priority();
    job.isForced = isForced();
    return job;
}

void AddJobsDialog::accept()
{
    if (!isFromFiles()) {
        m_payload->check(); // includes the last keystrokes
    }
    if (m_add->isEnabled()) {
        QDialog::accept();
    }
}

int AddJobsDialog::count() const
{
    return m_payload->count();
}

void AddJobsDialog::updateAddButton()
{
    const qsizetype count = isFromFiles() ? m_files->count() : m_payload->count();
    const QString reason = isFromFiles() ? m_files->disabledReason() : m_payload->disabledReason();
    m_add->setEnabled(reason.isEmpty());
    m_add->setToolTip(reason);
    m_add->setText(reason.isEmpty() && count > 0 ? tr("Add %Ln job(s)", nullptr, int(count)) : tr("Add jobs"));
    m_add->setAccessibleName(m_add->text());
}

void AddJobsDialog::dragEnterEvent(QDragEnterEvent *event)
{
    if (!droppedPaths(event->mimeData()).isEmpty()) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    }
}

void AddJobsDialog::dropEvent(QDropEvent *event)
{
    // Always a copy: after a move, the source of the drag would delete the files.
    event->setDropAction(Qt::CopyAction);
    event->accept();
    addPaths(droppedPaths(event->mimeData()));
}

} // namespace lifeguard
