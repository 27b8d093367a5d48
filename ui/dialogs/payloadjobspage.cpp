// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/payloadjobspage.h"

#include "core/config/jobtypes.h"
#include "core/submit/payloadjob.h"
#include "ui/dialogs/addjobscontext.h"
#include "ui/theme/palette.h"
#include "ui/theme/theme.h"
#include "ui/views/inlinemessage.h"

#include <QComboBox>
#include <QGridLayout>
#include <QJsonObject>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSpinBox>

namespace lifeguard {

namespace {

constexpr int maxJobs = 1'000'000;

QByteArray payloadOf(const QPlainTextEdit &edit)
{
    const QByteArray text = edit.toPlainText().trimmed().toUtf8();
    return text.isEmpty() ? QByteArrayLiteral("{}") : text;
}

} // namespace

PayloadJobsPage::PayloadJobsPage(const AddJobsContext &context, QWidget *parent)
    : QWidget(parent)
    , m_servedTypes(context.servedTypes)
    , m_type(new QComboBox(this))
    , m_payload(new QPlainTextEdit(this))
    , m_count(new QSpinBox(this))
    , m_typeMessage(new InlineMessage(QStringLiteral("payloadTypeMessage"), this))
    , m_payloadMessage(new InlineMessage(QStringLiteral("payloadMessage"), this))
{
    setObjectName(QStringLiteral("payloadJobsPage"));
    m_type->setObjectName(QStringLiteral("payloadType"));
    m_type->setAccessibleName(tr("Type"));
    m_type->setEditable(true);
    QStringList types;
    for (const JobType &type : jobTypes()) {
        if (type.inputSuffixes.isEmpty()) {
            types.append(type.name);
        }
    }
    for (const QString &type : context.types) {
        if (!jobType(type) && !types.contains(type)) {
            types.append(type);
        }
    }
    m_type->addItems(types);
    m_payload->setObjectName(QStringLiteral("payloadText"));
    m_payload->setAccessibleName(tr("Payload, a JSON object"));
    m_payload->setFont(theme::fixedFont());
    m_payload->setPlaceholderText(QStringLiteral("{\n  \"sleep_ms\": 1000\n}"));
    m_payload->setTabChangesFocus(true);
    m_payload->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_count->setObjectName(QStringLiteral("payloadCount"));
    m_count->setAccessibleName(tr("Number of jobs"));
    m_count->setRange(1, maxJobs);
    m_count->setGroupSeparatorShown(true);

    auto *hint = new InlineMessage(QStringLiteral("payloadHint"), this);
    hint->setMessage(
        theme::Hue::Neutral,
        tr("For job types without input files, such as types of your own. The worker receives the payload, a JSON "
           "object. Leave it empty if the worker needs none."));
    // A grid gives a message exactly the height that its text needs.
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, theme::between, 0, 0);
    grid->setHorizontalSpacing(theme::between);
    grid->setVerticalSpacing(theme::inside);
    grid->setColumnStretch(1, 1);
    int row = 0;
    grid->addWidget(hint, row++, 0, 1, 2);
    const auto add = [&](const QString &text, QWidget *field, InlineMessage *message, Qt::Alignment alignment) {
        auto *label = new QLabel(text, this);
        label->setBuddy(field);
        const bool isTall = field == m_payload;
        grid->addWidget(label, row, 0, isTall ? Qt::AlignTop : Qt::AlignVCenter);
        grid->addWidget(field, row, 1, alignment);
        grid->setRowStretch(row++, isTall ? 1 : 0);
        if (message) {
            grid->addWidget(message, row++, 1);
        }
    };
    m_type->setMinimumContentsLength(24);
    add(tr("&Type"), m_type, m_typeMessage, Qt::AlignLeft);
    add(tr("Payl&oad"), m_payload, m_payloadMessage, {});
    add(tr("&Number of jobs"), m_count, nullptr, Qt::AlignLeft);

    // A long text is not parsed after every keystroke.
    m_checkDelay.setSingleShot(true);
    m_checkDelay.setInterval(std::chrono::milliseconds(50));
    connect(&m_checkDelay, &QTimer::timeout, this, &PayloadJobsPage::check);
    connect(m_type, &QComboBox::currentTextChanged, this, &PayloadJobsPage::check);
    connect(m_payload, &QPlainTextEdit::textChanged, &m_checkDelay, qOverload<>(&QTimer::start));
    connect(m_count, &QSpinBox::valueChanged, this, &PayloadJobsPage::changed);
    check();
}

NewJob PayloadJobsPage::job() const
{
    return payloadJob(m_type->currentText().trimmed(), payloadOf(*m_payload)).value_or(NewJob());
}

int PayloadJobsPage::count() const
{
    return m_count->value();
}

void PayloadJobsPage::check()
{
    m_checkDelay.stop();
    const QString type = m_type->currentText().trimmed();
    m_disabledReason = jobTypeError(type);
    if (!m_disabledReason.isEmpty()) {
        m_typeMessage->setMessage(theme::Hue::Bad, m_disabledReason);
    } else if (const std::optional<JobType> known = jobType(type); known && !known->inputSuffixes.isEmpty()) {
        m_typeMessage->setMessage(
            theme::Hue::Warning,
            tr("Jobs of this type have input files. Use the page Files and folders, or put \"data\" and "
               "\"output_file\" into the payload."));
    } else if (!m_servedTypes.contains(type)) {
        m_typeMessage->setMessage(theme::Hue::Warning,
                                  tr("No pool for %1 is running. The jobs will wait until you launch one.").arg(type));
    } else {
        m_typeMessage->clear();
    }

    if (const Result<QJsonObject> payload = readPayloadObject(payloadOf(*m_payload)); payload) {
        m_payloadMessage->clear();
    } else {
        m_payloadMessage->setMessage(theme::Hue::Bad, payload.error().message);
        if (m_disabledReason.isEmpty()) {
            m_disabledReason = payload.error().message;
        }
    }
    Q_EMIT changed();
}

} // namespace lifeguard
