// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/addjobsdialog.h"

#include "ui/dialogs/filejobspage.h"
#include "ui/dialogs/payloadjobspage.h"
#include "ui/format.h"
#include "ui/theme.h"
#include "ui/views/droptarget.h"

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
{
    setObjectName(QStringLiteral("addJobsDialog"));
    setWindowTitle(tr("Add jobs"));
    setAcceptDrops(true);
    resize(QSize(60 * fontMetrics().averageCharWidth() + 480, 26 * fontMetrics().lineSpacing() + 160)
               .boundedTo(screen()->availableSize() - QSize(32, 64)));

    m_tabs->setObjectName(QStringLiteral("jobSourceTabs"));
    m_tabs->setAccessibleName(tr("Where the jobs come from"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_files, tr("&Files and folders"));
    m_tabs->addTab(m_payload, tr("&Without files"));

    m_priority->setObjectName(QStringLiteral("jobPriority"));
    m_priority->setAccessibleName(tr("Priority"));
    m_priority->setRange(-1000, 1000);
    m_priority->setToolTip(tr("Jobs of higher priority are taken first; 0 is the usual one."));
    auto *label = new QLabel(tr("&Priority"), this);
    label->setBuddy(m_priority);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setObjectName(QStringLiteral("addButton"));
    m_ok->setDefault(true);
    buttons->button(QDialogButtonBox::Cancel)->setObjectName(QStringLiteral("cancelAddButton"));
    auto *bottom = new QHBoxLayout;
    bottom->setSpacing(theme::inside);
    bottom->addWidget(label);
    bottom->addWidget(m_priority);
    bottom->addStretch();
    bottom->addWidget(buttons);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::between, theme::inside, theme::between, theme::between);
    layout->setSpacing(theme::between);
    layout->addWidget(m_tabs, 1);
    layout->addLayout(bottom);

    connect(m_tabs, &QTabWidget::currentChanged, this, &AddJobsDialog::showState);
    connect(m_files, &FileJobsPage::changed, this, &AddJobsDialog::showState);
    connect(m_payload, &PayloadJobsPage::changed, this, &AddJobsDialog::showState);
    connect(buttons, &QDialogButtonBox::accepted, this, &AddJobsDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_files->setFocus();
    showState();
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

NewJob AddJobsDialog::job() const
{
    NewJob job = m_payload->job();
    job.priority = priority();
    return job;
}

void AddJobsDialog::accept()
{
    if (!isFromFiles()) {
        m_payload->check(); // what was typed a moment ago counts as well
    }
    if (m_ok->isEnabled()) {
        QDialog::accept();
    }
}

int AddJobsDialog::count() const
{
    return m_payload->count();
}

void AddJobsDialog::showState()
{
    const qsizetype count = isFromFiles() ? m_files->count() : m_payload->count();
    const QString whyNot = isFromFiles() ? m_files->whyNot() : m_payload->whyNot();
    m_ok->setEnabled(whyNot.isEmpty());
    m_ok->setToolTip(whyNot);
    m_ok->setText(!whyNot.isEmpty() || count < 1 ? tr("Add jobs") : count == 1 ? tr("Add 1 job") : tr("Add %1 jobs").arg(format::count(count)));
    m_ok->setAccessibleName(m_ok->text());
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
    // Never as a move: the one who gives would delete the files.
    event->setDropAction(Qt::CopyAction);
    event->accept();
    addPaths(droppedPaths(event->mimeData()));
}

} // namespace lifeguard
