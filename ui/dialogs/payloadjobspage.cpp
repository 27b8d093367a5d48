// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/payloadjobspage.h"

#include "core/config/jobtypes.h"
#include "core/submit/payloadjob.h"
#include "ui/dialogs/addjobsdialog.h"
#include "ui/theme.h"
#include "ui/views/note.h"

#include <QComboBox>
#include <QGridLayout>
#include <QJsonObject>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSpinBox>

namespace lifeguard {

namespace {

constexpr int mostJobs = 1'000'000;

QByteArray textOf(const QPlainTextEdit &edit)
{
    const QByteArray text = edit.toPlainText().trimmed().toUtf8();
    return text.isEmpty() ? QByteArrayLiteral("{}") : text;
}

} // namespace

PayloadJobsPage::PayloadJobsPage(const AddJobsContext &context, QWidget *parent)
    : QWidget(parent)
    , m_served(context.served)
    , m_type(new QComboBox(this))
    , m_payload(new QPlainTextEdit(this))
    , m_count(new QSpinBox(this))
    , m_typeNote(new Note(QStringLiteral("payloadTypeNote"), this))
    , m_payloadNote(new Note(QStringLiteral("payloadNote"), this))
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
    m_count->setAccessibleName(tr("How many"));
    m_count->setRange(1, mostJobs);
    m_count->setGroupSeparatorShown(true);

    auto *hint = new Note(QStringLiteral("payloadHint"), this);
    hint->say(theme::Hue::Quiet, tr("For types whose workers need no file, your own among them. The payload is what the worker is given: a "
                                    "JSON object, empty if it needs nothing."));
    // A grid: it gives a note just the height that its text needs.
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, theme::between, 0, 0);
    grid->setHorizontalSpacing(theme::between);
    grid->setVerticalSpacing(theme::inside);
    grid->setColumnStretch(1, 1);
    int row = 0;
    grid->addWidget(hint, row++, 0, 1, 2);
    const auto add = [&](const QString &text, QWidget *field, Note *note, Qt::Alignment alignment) {
        auto *label = new QLabel(text, this);
        label->setBuddy(field);
        const bool tall = field == m_payload;
        grid->addWidget(label, row, 0, tall ? Qt::AlignTop : Qt::AlignVCenter);
        grid->addWidget(field, row, 1, alignment);
        grid->setRowStretch(row++, tall ? 1 : 0);
        if (note) {
            grid->addWidget(note, row++, 1);
        }
    };
    m_type->setMinimumContentsLength(24);
    add(tr("&Type"), m_type, m_typeNote, Qt::AlignLeft);
    add(tr("Payl&oad"), m_payload, m_payloadNote, {});
    add(tr("&How many"), m_count, nullptr, Qt::AlignLeft);

    // A long text is not parsed at every key.
    m_soon.setSingleShot(true);
    m_soon.setInterval(std::chrono::milliseconds(50));
    connect(&m_soon, &QTimer::timeout, this, &PayloadJobsPage::check);
    connect(m_type, &QComboBox::currentTextChanged, this, &PayloadJobsPage::check);
    connect(m_payload, &QPlainTextEdit::textChanged, &m_soon, qOverload<>(&QTimer::start));
    connect(m_count, &QSpinBox::valueChanged, this, &PayloadJobsPage::changed);
    check();
}

NewJob PayloadJobsPage::job() const
{
    return payloadJob(m_type->currentText().trimmed(), textOf(*m_payload)).value_or(NewJob());
}

int PayloadJobsPage::count() const
{
    return m_count->value();
}

void PayloadJobsPage::check()
{
    m_soon.stop();
    const QString type = m_type->currentText().trimmed();
    m_whyNot = jobTypeError(type);
    if (!m_whyNot.isEmpty()) {
        m_typeNote->say(theme::Hue::Bad, m_whyNot);
    } else if (const std::optional<JobType> known = jobType(type); known && !known->inputSuffixes.isEmpty()) {
        m_typeNote->say(theme::Hue::Warning, tr("Jobs of this type are made from files: use the other page, or give \"data\" and \"output_file\" "
                                                "in the payload."));
    } else if (!m_served.contains(type)) {
        m_typeNote->say(theme::Hue::Warning, tr("No pool works on %1 here: these jobs wait until one is launched.").arg(type));
    } else {
        m_typeNote->clear();
    }

    if (const Result<QJsonObject> payload = readPayloadObject(textOf(*m_payload)); payload) {
        m_payloadNote->clear();
    } else {
        m_payloadNote->say(theme::Hue::Bad, payload.error().message);
        if (m_whyNot.isEmpty()) {
            m_whyNot = payload.error().message;
        }
    }
    Q_EMIT changed();
}

} // namespace lifeguard
