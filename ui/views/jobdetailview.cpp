// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/jobdetailview.h"

#include "core/base/futurecallbacks.h"
#include "core/store/joberror.h"
#include "ui/format.h"
#include "ui/models/jobcellformatter.h"
#include "ui/theme/icons.h"
#include "ui/theme/stateappearance.h"
#include "ui/theme/theme.h"
#include "ui/views/payloadtext.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QScrollBar>
#include <QTextBrowser>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>
#include <QtConcurrent>

namespace lifeguard {

namespace {

constexpr qsizetype maxImmediateSize = 64 * 1024; ///< bytes of a payload; larger ones are formatted on another thread
} // namespace

JobDetailView::JobDetailView(QWidget *parent)
    : QWidget(parent)
    , m_text(new QTextBrowser(this))
    , m_copy(new QToolButton(this))
{
    m_text->setObjectName(QStringLiteral("jobDetailText"));
    m_text->setAccessibleName(tr("Job details"));
    m_text->setOpenLinks(false);
    m_text->document()->setDocumentMargin(theme::inside);
    m_copy->setObjectName(QStringLiteral("copyPayloadButton"));
    m_copy->setText(tr("Copy payload"));
    m_copy->setAccessibleName(m_copy->text());
    m_copy->setIcon(theme::icon(QStringLiteral("edit-copy"), palette()));
    m_copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_copy->setFocusPolicy(Qt::StrongFocus);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::inside, 0, 0);
    layout->setSpacing(theme::inside);
    layout->addWidget(m_text, 1);
    connect(m_copy, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(QString::fromUtf8(m_job.payload)); });
    connect(m_text, &QTextBrowser::anchorClicked, this,
            [this](const QUrl &url) { Q_EMIT openRequested(url.toLocalFile()); });
    showPlaceholder(tr("Select a job, or a worker that has one."));
}

JobDetailView::~JobDetailView()
{
    *m_payloadObsolete = true;
}

QWidget *JobDetailView::copyButton() const
{
    return m_copy;
}

void JobDetailView::showPlaceholder(const QString &text)
{
    m_job = Job();
    discardPayload();
    m_text->setHtml({});
    m_text->setPlaceholderText(text);
    m_copy->setEnabled(false);
    m_copy->setToolTip(text);
}

void JobDetailView::showError(const Error &error)
{
    showPlaceholder(error.message);
}

void JobDetailView::setJob(const Job &job, const QString &worker)
{
    if (job == m_job && worker == m_worker) {
        return;
    }
    const bool isAnotherJob = job.id != m_job.id;
    const bool isAnotherPayload = job.payload != m_job.payload;
    m_job = job;
    m_worker = worker;
    if (isAnotherPayload) {
        updatePayload();
    }
    m_copy->setEnabled(!job.payload.isEmpty());
    m_copy->setToolTip(job.payload.isEmpty() ? tr("This job has no payload.") : tr("Copy the payload as it is stored"));
    render(isAnotherJob ? 0 : m_text->verticalScrollBar()->value());
}

void JobDetailView::render(int scrollPosition)
{
    m_text->setHtml(html(m_worker));
    m_text->verticalScrollBar()->setValue(scrollPosition);
}

void JobDetailView::discardPayload()
{
    m_payload.clear();
    *m_payloadObsolete = true;
    m_payloadObsolete = std::make_shared<std::atomic<bool>>(false);
}

/// Formats the payload; a large one on a thread of the pool, so that the window does not block.
void JobDetailView::updatePayload()
{
    discardPayload();
    if (m_job.payload.size() <= maxImmediateSize) {
        m_payload = payloadText(m_job.payload);
        return;
    }
    m_payload = tr("Loading %1…").arg(format::bytes(m_job.payload.size()));
    const auto formatPayload = [payload = m_job.payload, obsolete = m_payloadObsolete] {
        return *obsolete ? QString() : payloadText(payload);
    };
    whenFinished(QtConcurrent::run(formatPayload), this, [this, obsolete = m_payloadObsolete](const QString &text) {
        if (!*obsolete) {
            m_payload = text;
            render(m_text->verticalScrollBar()->value());
        }
    });
}

QString JobDetailView::html(const QString &worker) const
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const QString secondary = theme::secondaryText(palette()).name();
    const QString bad = theme::readable(theme::color(theme::Hue::Bad), palette().color(QPalette::Base)).name();
    QString rows;
    const auto row = [&](const QString &title, const QString &value, bool isHtml = false) {
        if (!value.isEmpty()) {
            rows += QStringLiteral(
                        "<tr><td style=\"color:%1; padding-right:16px; white-space:nowrap\">%2</td><td>%3</td></tr>")
                        .arg(secondary, title.toHtmlEscaped(), isHtml ? value : value.toHtmlEscaped());
        }
    };
    const auto link = [](const QString &file) {
        return file.isEmpty() ? QString()
                              : QStringLiteral("<a href=\"%1\">%2</a>")
                                    .arg(QUrl::fromLocalFile(file).toString(QUrl::FullyEncoded), file.toHtmlEscaped());
    };
    const auto running = runningTime(m_job, now);
    const auto waiting = waitingTime(m_job, now);
    row(tr("State"), theme::appearance(m_job.status).text);
    row(tr("Type"), m_job.type);
    row(tr("Input"), link(m_job.inputFile), true);
    row(tr("Output"), link(m_job.outputFile), true);
    QStringList further;
    for (const QString &output : m_job.outputs.mid(1))
        further.append(link(output));
    row(tr("Further outputs"), further.join(QStringLiteral("<br>")), true);
    row(tr("Priority"), QString::number(m_job.priority));
    row(tr("Attempts"), tr("%1 of at most %2").arg(m_job.attempts).arg(m_job.maxAttempts));
    row(tr("Worker"), m_job.status == JobStatus::Pending ? QString() : worker);
    row(tr("Added"), format::exactTime(m_job.createdAt));
    row(tr("Waiting time"), waiting ? format::preciseDuration(milliseconds(*waiting)) : QString());
    row(tr("Started"), format::exactTime(m_job.startedAt));
    row(tr("Ended"), format::exactTime(m_job.completedAt));
    row(tr("Running time"), running ? format::preciseDuration(milliseconds(*running)) : QString());
    //: %1 is a time, %2 the name of a program
    row(tr("Cancelled"), m_job.cancelledAt.isValid()
                             ? tr("%1 by %2").arg(format::exactTime(m_job.cancelledAt), m_job.cancelledBy)
                             : QString());
    row(tr("Content hash"), m_job.contentHash);
    row(tr("Correlation ID"), m_job.correlationId);
    QString text;
    if (!m_job.error.isEmpty()) {
        const JobError error = parseJobError(m_job.error);
        const QString kindAndCategory = QStringList{error.kind, error.category}.join(QStringLiteral(" · "));
        text += QStringLiteral("<p style=\"color:%1\"><b>%2</b></p>")
                    .arg(bad, error.message.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")));
        if (!error.kind.isEmpty() || !error.category.isEmpty()) {
            text += QStringLiteral("<p style=\"color:%1\">%2</p>").arg(secondary, kindAndCategory.toHtmlEscaped());
        }
        if (!error.guidance.isEmpty()) {
            text += QStringLiteral("<p>%1</p>")
                        .arg(error.guidance.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")));
        }
        if (!error.rest.isEmpty()) {
            text += QStringLiteral("<p style=\"color:%1\">%2</p>")
                        .arg(secondary, error.rest.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")));
        }
    }
    for (const QString &note : m_job.notes)
        text += QStringLiteral("<p>%1</p>").arg(note.toHtmlEscaped());
    text += QStringLiteral("<table cellspacing=\"0\" cellpadding=\"2\">%1</table>").arg(rows);
    const QString block = QStringLiteral("<p style=\"color:%1\">%2</p><pre style=\"font-family:'%3'\">%4</pre>");
    const QString family = theme::fixedFont().family();
    if (!m_job.traceback.isEmpty()) {
        text += block.arg(secondary, tr("Traceback"), family, m_job.traceback.toHtmlEscaped());
    }
    if (!m_job.payload.isEmpty()) {
        text += block.arg(secondary, tr("Payload"), family, m_payload.toHtmlEscaped());
    }
    return text;
}

} // namespace lifeguard
