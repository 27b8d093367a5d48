// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/dockerfields.h"

#include "core/executor/containerspec.h"
#include "core/pool/modechoice.h"
#include "ui/format.h"
#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace lifeguard {

namespace {

constexpr int maxPids = 100'000;

struct ProtectionTexts
{
    const char *label;
    const char *toolTip;
};

/// In the order of containerProtections.
constexpr std::array<ProtectionTexts, containerProtections.size()> protectionTexts{{
    {QT_TRANSLATE_NOOP("lifeguard::DockerFields", "Run as root"),
     QT_TRANSLATE_NOOP("lifeguard::DockerFields",
                       "Containers run as root instead of as your user. Lifeguard's own workers give their outputs to "
                       "you; the outputs of other programs belong to root.")},
    {QT_TRANSLATE_NOOP("lifeguard::DockerFields", "Writable root"),
     QT_TRANSLATE_NOOP("lifeguard::DockerFields",
                       "The root file system of a container is writable even if its image requests a read-only one.")},
    {QT_TRANSLATE_NOOP("lifeguard::DockerFields", "Keep capabilities"),
     QT_TRANSLATE_NOOP(
         "lifeguard::DockerFields",
         "Containers keep the capabilities that the engine grants by default. They matter for root only.")},
    {QT_TRANSLATE_NOOP("lifeguard::DockerFields", "New privileges"),
     QT_TRANSLATE_NOOP("lifeguard::DockerFields",
                       "Programs in a container may gain privileges that they were not started with, as sudo does.")},
}};

} // namespace

DockerFields::DockerFields(QWidget *parent)
    : QWidget(parent)
    , m_image(new QComboBox(this))
    , m_network(new QLineEdit(this))
    , m_pids(new QSpinBox(this))
    , m_protectionFields(new QWidget(this))
{
    m_image->setObjectName(QStringLiteral("launchImage"));
    m_image->setEditable(true);
    m_image->setInsertPolicy(QComboBox::NoInsert);
    m_image->setMinimumContentsLength(24);
    m_image->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_image->setToolTip(
        tr("The image of the containers. packaging/images/build.sh builds images with Lifeguard's own workers."));
    m_network->setObjectName(QStringLiteral("launchNetwork"));
    m_network->setToolTip(tr("The network of the containers. It is created if it does not exist. With \"none\", the "
                             "containers have no network access."));
    m_pids->setObjectName(QStringLiteral("launchPids"));
    m_pids->setRange(1, maxPids);
    m_pids->setGroupSeparatorShown(true);
    m_pids->setToolTip(tr("Maximum number of processes and threads in a container"));

    auto *rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(theme::inside);
    auto *layout = new QHBoxLayout;
    layout->setSpacing(theme::inside);
    rows->addLayout(layout);
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

    auto *protections = new QGridLayout(m_protectionFields); // one row of them would make the dialog wider
    protections->setContentsMargins(0, 0, 0, 0);
    protections->setSpacing(theme::inside);
    protections->addWidget(new QLabel(tr("Only for images that need it:"), this), 0, 0);
    for (std::size_t i = 0; i < m_protections.size(); ++i) {
        m_protections[i] = createProtectionField(containerProtections[i]);
        m_protections[i]->setText(tr(protectionTexts[i].label));
        m_protections[i]->setToolTip(tr(protectionTexts[i].toolTip));
        protections->addWidget(m_protections[i], int(i) / 2, 1 + int(i) % 2);
    }
    protections->setColumnStretch(3, 1);
    rows->addWidget(m_protectionFields);
    setConfig({});
}

QCheckBox *DockerFields::createProtectionField(const ContainerProtection &protection)
{
    auto *field = new QCheckBox(this);
    field->setObjectName(QLatin1String(protection.key));
    connect(field, &QCheckBox::toggled, this, &DockerFields::changed);
    return field;
}

void DockerFields::setType(const QString &type)
{
    if (m_type == type) {
        return;
    }
    m_type = type;
    WorkerConfig defaults;
    defaults.type = type;
    m_image->lineEdit()->setPlaceholderText(type.isEmpty() ? QString() : imageOf(defaults));
    updateImages();
}

void DockerFields::setImages(const QList<DockerImage> &images)
{
    if (m_images != images) {
        m_images = images;
        updateImages();
    }
}

void DockerFields::updateImages()
{
    const QString typed = m_image->currentText();
    const QSignalBlocker blocker(m_image);
    m_image->clear();
    // First the images with a worker for this type, then those with another worker of Lifeguard, then all others.
    QList<DockerImage> sorted = m_images;
    const auto rank = [this](const DockerImage &image) {
        const QString worker = image.labels.value(dockerlabel::workerType);
        return worker == m_type ? 0 : worker.isEmpty() ? 2 : 1;
    };
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&rank](const DockerImage &a, const DockerImage &b) { return rank(a) < rank(b); });
    for (const DockerImage &image : std::as_const(sorted)) {
        for (const QString &tag : image.tags) {
            m_image->addItem(tag);
            m_image->setItemData(
                m_image->count() - 1,
                tr("%1, created %2").arg(format::bytes(image.bytes), format::exactTime(image.createdAt)),
                Qt::ToolTipRole);
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
    for (std::size_t i = 0; i < m_protections.size(); ++i) {
        m_protections[i]->setChecked(config.*containerProtections[i].isGivenUp);
    }
}

void DockerFields::writeTo(WorkerConfig &config) const
{
    config.image = m_image->currentText().trimmed();
    if (config.image.isEmpty() && config.mode == ExecutionMode::Docker && !config.type.isEmpty()) {
        config.image = imageOf(config);
    }
    config.network = m_network->text().trimmed();
    config.pidsLimit = m_pids->value();
    for (std::size_t i = 0; i < m_protections.size(); ++i) {
        config.*containerProtections[i].isGivenUp = m_protections[i]->isChecked();
    }
}

void DockerFields::setMode(ExecutionMode mode)
{
    const bool isAnyGivenUp = std::any_of(m_protections.cbegin(), m_protections.cend(),
                                          [](const QCheckBox *field) { return field->isChecked(); });
    m_protectionFields->setVisible(mode == ExecutionMode::Docker || isAnyGivenUp);
}

void DockerFields::setRowNumber(int number)
{
    const auto setName = [number](QWidget *field, const QString &title) {
        //: %1 is the title of a field, %2 the number of the row in the list of pools
        field->setAccessibleName(tr("%1, pool %2").arg(title).arg(number));
    };
    setName(m_image, tr("Image"));
    setName(m_network, tr("Network"));
    setName(m_pids, tr("Processes per container"));
    for (QCheckBox *field : m_protections) {
        setName(field, field->text());
    }
}

bool DockerFields::differsFromDefaults(const WorkerConfig &config)
{
    const WorkerConfig defaults;
    return !config.image.isEmpty() || config.network != defaults.network || config.pidsLimit != defaults.pidsLimit
        || !givenUpProtections(config).isEmpty();
}

} // namespace lifeguard
