// SPDX-License-Identifier: GPL-3.0-or-later
// What the page says of a plan: in numbers, and which choices it leaves.
#include "core/config/jobtypes.h"
#include "ui/dialogs/filejobspage.h"
#include "ui/format.h"
#include "ui/models/planmodel.h"
#include "ui/theme.h"
#include "ui/views/note.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QSignalBlocker>

namespace lifeguard {

void FileJobsPage::showSummary()
{
    const JobPlan &plan = *m_model->plan();
    QStringList unserved;
    for (const QString &type : plan.types) {
        if (!m_served.contains(type)) {
            unserved.append(type);
        }
    }
    if (unserved.isEmpty()) {
        m_waitNote->clear();
    } else {
        m_waitNote->say(theme::Hue::Warning, tr("No pool works on %1 here: these jobs wait until one is launched.").arg(unserved.join(QStringLiteral(", "))));
    }
    if (!m_error.isEmpty()) {
        m_summary->say(theme::Hue::Bad, m_error);
        return;
    }
    if (m_paths->count() == 0) {
        m_summary->say(theme::Hue::Quiet, tr("Here you will see what is made, before anything is."));
        return;
    }
    const qsizetype made = plan.jobs.size();
    QStringList parts{made == 1 ? tr("1 job") : tr("%1 jobs").arg(format::count(made))};
    if (plan.replaced > 0) {
        parts.append(plan.replaced == 1 ? tr("1 replaces an output that exists") : tr("%1 replace outputs that exist").arg(format::count(plan.replaced)));
    }
    if (plan.copied > 0) {
        parts.append(tr("%1 copied in").arg(format::count(plan.copied)));
    }
    if (!plan.companions.isEmpty()) {
        parts.append(tr("%1 other files copied with them").arg(format::count(plan.companions.size())));
    }
    if (!plan.skipped.isEmpty()) {
        const QString skipped = tr("%1 skipped").arg(format::count(plan.skipped.size()));
        parts.append(plan.outside == 0 ? skipped : tr("%1 (%2 outside the workspace)").arg(skipped, format::count(plan.outside)));
    }
    const bool warns = made == 0 || plan.replaced > 0 || plan.outside > 0;
    m_summary->say(warns ? theme::Hue::Warning : theme::Hue::Well, parts.join(QStringLiteral(", ")));
}

void FileJobsPage::showCopyIn()
{
    const JobPlan &plan = *m_model->plan();
    const QString target = format::path(QDir(m_workspace).dirName() + QStringLiteral("/input"));
    const qsizetype outside = plan.outside + plan.copied;
    m_copyIn->setText(outside == 0 ? tr("&Copy files from outside the workspace into %1").arg(target)
                      : outside == 1
                          ? tr("&Copy the file from outside the workspace into %1").arg(target)
                          : tr("&Copy the %1 files from outside the workspace into %2").arg(format::count(outside), target));
    m_copyIn->setAccessibleName(m_copyIn->text().remove(QLatin1Char('&')));
    m_copyIn->setEnabled(outside > 0 || m_copyIn->isChecked());
    const QString reads = tr("Workers read from the workspace only: %1").arg(format::path(m_workspace));
    m_copyIn->setToolTip(m_copyIn->isEnabled() ? reads : tr("None of the files lies outside the workspace.") + QLatin1Char('\n') + reads);
}

void FileJobsPage::showFilter()
{
    using Show = PlanModel::Show;
    const QSignalBlocker blocker(m_filter);
    const Show before = Show(m_filter->currentData().toInt());
    m_filter->clear();
    m_filter->addItem(tr("Show all"), int(Show::All));
    const auto add = [this](const QString &text, Show show) {
        if (m_model->count(show) > 0) {
            m_filter->addItem(text.arg(format::count(m_model->count(show))), int(show));
        }
    };
    add(tr("Made (%1)"), Show::Made);
    add(tr("Replaced (%1)"), Show::Replaced);
    add(tr("Copied in (%1)"), Show::Copied);
    add(tr("Skipped (%1)"), Show::Skipped);
    const int kept = m_filter->findData(int(before));
    m_filter->setCurrentIndex(std::max(0, kept));
    m_filter->setEnabled(m_filter->count() > 1);
    m_filter->setToolTip(m_filter->isEnabled() ? QString() : tr("There is nothing to choose from yet."));
    if (kept < 0) {
        m_model->setShown(Show::All);
    }
}

void FileJobsPage::showFormats(const QStringList &types)
{
    QStringList wanted;
    for (const JobType &type : jobTypes()) {
        if (type.formats.size() > 1 && (types.isEmpty() || types.contains(type.name))) {
            wanted.append(type.name);
        }
    }
    if (wanted == m_formatTypes || (types.isEmpty() && !m_formatTypes.isEmpty())) {
        return; // what is there stays where it is
    }
    m_formatTypes = wanted;
    while (QLayoutItem *item = m_formatsLayout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const QString &name : std::as_const(wanted)) {
        auto *combo = new QComboBox(m_formats);
        combo->setObjectName(QStringLiteral("jobFormat-") + name);
        combo->setAccessibleName(tr("Format of %1").arg(name));
        const QStringList formats = jobType(name)->formats;
        for (const QString &format : formats) {
            combo->addItem(format, format);
        }
        combo->setCurrentIndex(std::max(0, combo->findData(m_format.value(name))));
        auto *label = new QLabel(tr("Format of %1").arg(name), m_formats);
        label->setBuddy(combo);
        m_formatsLayout->addWidget(label);
        m_formatsLayout->addWidget(combo);
        connect(combo, &QComboBox::currentIndexChanged, this, [this, combo, name] {
            m_format.insert(name, combo->currentData().toString());
            replanSoon();
        });
    }
}

} // namespace lifeguard
