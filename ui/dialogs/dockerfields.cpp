// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/dockerfields.h"

#include "core/executor/containerspec.h"
#include "core/pool/modechoice.h"
#include "ui/format.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSpinBox>

#include <algorithm>

namespace lifeguard {

namespace {

constexpr int mostPids = 100'000;

/// As the engine names it: without a tag the newest is meant.
QString withTag(const QString &image)
{
    return image.section(QLatin1Char('/'), -1).contains(QLatin1Char(':')) ? image : image + QStringLiteral(":latest");
}

bool isThere(const QString &image, const QList<DockerImage> &images)
{
    return std::any_of(images.cbegin(), images.cend(),
                       [&image](const DockerImage &known) { return known.tags.contains(withTag(image)) || known.id == image; });
}

} // namespace

DockerFields::DockerFields(QWidget *parent)
    : QWidget(parent)
    , m_image(new QComboBox(this))
    , m_network(new QLineEdit(this))
    , m_pids(new QSpinBox(this))
{
    m_image->setObjectName(QStringLiteral("launchImage"));
    m_image->setEditable(true);
    m_image->setInsertPolicy(QComboBox::NoInsert);
    m_image->setMinimumContentsLength(24);
    m_image->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_image->setToolTip(tr("The image that the containers are made of. packaging/images/build.sh makes those with Lifeguard's own workers."));
    m_network->setObjectName(QStringLiteral("launchNetwork"));
    m_network->setToolTip(tr("The network that the containers are in; it is made where it is missing. \"none\": they reach nobody."));
    m_pids->setObjectName(QStringLiteral("launchPids"));
    m_pids->setRange(1, mostPids);
    m_pids->setGroupSeparatorShown(true);
    m_pids->setToolTip(tr("How many processes and threads a container may have"));

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::inside);
    const auto add = [&](const QString &text, QWidget *field, int stretch) {
        auto *label = new QLabel(text, this);
        label->setBuddy(field);
        layout->addWidget(label);
        layout->addWidget(field, stretch);
        layout->addSpacing(theme::inside);
    };
    add(tr("&Image"), m_image, 3);
    add(tr("Net&work"), m_network, 1);
    add(tr("&Processes"), m_pids, 0);
    connect(m_image, &QComboBox::currentTextChanged, this, &DockerFields::changed);
    connect(m_network, &QLineEdit::textChanged, this, &DockerFields::changed);
    connect(m_pids, &QSpinBox::valueChanged, this, &DockerFields::changed);
    setConfig({});
}

void DockerFields::setType(const QString &type)
{
    if (m_type == type) {
        return;
    }
    m_type = type;
    WorkerConfig usual;
    usual.type = type;
    m_image->lineEdit()->setPlaceholderText(type.isEmpty() ? QString() : imageOf(usual));
    fill();
}

void DockerFields::setImages(const QList<DockerImage> &images)
{
    if (m_images != images) {
        m_images = images;
        fill();
    }
}

void DockerFields::fill()
{
    const QString typed = m_image->currentText();
    const QSignalBlocker quiet(m_image);
    m_image->clear();
    // Those with a worker for this type first, then those with another one of ours, then all others.
    QList<DockerImage> sorted = m_images;
    const auto rank = [this](const DockerImage &image) {
        const QString worker = image.labels.value(dockerlabel::workerType);
        return worker == m_type ? 0 : worker.isEmpty() ? 2 : 1;
    };
    std::stable_sort(sorted.begin(), sorted.end(), [&rank](const DockerImage &a, const DockerImage &b) { return rank(a) < rank(b); });
    for (const DockerImage &image : std::as_const(sorted)) {
        for (const QString &tag : image.tags) {
            m_image->addItem(tag);
            m_image->setItemData(m_image->count() - 1, tr("%1, made %2").arg(format::bytes(image.bytes), format::exactTime(image.createdAt)), Qt::ToolTipRole);
        }
    }
    m_image->setCurrentText(typed);
}

void DockerFields::setConfig(const WorkerConfig &config)
{
    setType(config.type);
    m_image->setCurrentText(config.image);
    m_network->setText(config.network);
    m_pids->setValue(config.pidsLimit);
}

void DockerFields::writeTo(WorkerConfig &config) const
{
    config.image = m_image->currentText().trimmed();
    if (config.image.isEmpty() && config.mode == ExecutionMode::Docker && !config.type.isEmpty()) {
        config.image = imageOf(config);
    }
    config.network = m_network->text().trimmed();
    config.pidsLimit = m_pids->value();
}

void DockerFields::setNumber(int number)
{
    const auto name = [number](QWidget *field, const QString &what) { field->setAccessibleName(tr("%1, pool %2").arg(what).arg(number)); };
    name(m_image, tr("Image"));
    name(m_network, tr("Network"));
    name(m_pids, tr("Processes of a container"));
}

bool DockerFields::isUnusual(const WorkerConfig &config)
{
    const WorkerConfig usual;
    return !config.image.isEmpty() || config.network != usual.network || config.pidsLimit != usual.pidsLimit;
}

DockerRemark dockerRemark(const WorkerConfig &config, const std::optional<DockerOverview> &view)
{
    if (!needsDocker(config) || config.type.isEmpty()) {
        return {};
    }
    const bool isForced = config.mode == ExecutionMode::Docker;
    if (!view) {
        return {DockerFields::tr("Asking Docker…")};
    }
    ImageInspection look;
    look.engineError = view->problem;
    const QString image = imageOf(config);
    if (!view->problem && !isThere(image, view->images)) {
        look.imageError = Error{ErrorCode::NotFound, {}, {}};
    }
    const ModeChoice choice = chooseMode(config, look);
    if (!choice.mode) {
        return {choice.reason, true};
    }
    if (choice.needsPull) {
        return {DockerFields::tr("The image %1 is not on this machine: it is pulled first.").arg(image), false, true, true};
    }
    if (isForced) {
        return {{}, false, false, true};
    }
    if (*choice.mode == ExecutionMode::Docker) {
        return {DockerFields::tr("Runs in containers of the image %1.").arg(image), false, false, true};
    }
    return {DockerFields::tr("Runs %1").arg(choice.reason)};
}

} // namespace lifeguard
