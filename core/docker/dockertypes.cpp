// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/docker/dockertypes.h"

#include <QJsonArray>

#include <algorithm>
#include <limits>

namespace lifeguard {
namespace {

/// Returns the time in UTC. Returns an invalid time for Docker's zero time, 1 January of the year 1.
QDateTime timeOf(const QJsonValue &value)
{
    const QDateTime time = value.isDouble() ? QDateTime::fromSecsSinceEpoch(value.toInteger(), Qt::UTC)
                                            : QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC();
    return time.isValid() && time.date().year() > 1 ? time : QDateTime();
}

QHash<QString, QString> textsOf(const QJsonValue &value)
{
    QHash<QString, QString> texts;
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it)
        texts.insert(it.key(), it.value().toString());
    return texts;
}

QStringList listOf(const QJsonValue &value)
{
    QStringList texts;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &text : array)
        texts.append(text.toString());
    return texts;
}

/// Returns a counter. Returns 0 for a value that is negative or not a number.
qint64 countOf(const QJsonValue &value)
{
    return qMax<qint64>(0, value.toInteger(0));
}

double cpuPercentOf(const QJsonObject &now, const QJsonObject &before)
{
    const auto used = [](const QJsonObject &cpu) {
        return double(countOf(cpu.value(QLatin1String("cpu_usage")).toObject().value(QLatin1String("total_usage"))));
    };
    const double systemBefore = double(countOf(before.value(QLatin1String("system_cpu_usage"))));
    const double system = double(countOf(now.value(QLatin1String("system_cpu_usage")))) - systemBefore;
    const double total = used(now) - used(before);
    if (systemBefore <= 0 || system <= 0 || total <= 0)
        return 0;
    double cpus = double(countOf(now.value(QLatin1String("online_cpus"))));
    if (cpus < 1) // engines before 18.06 report only the usage of each CPU
        cpus = double(
            now.value(QLatin1String("cpu_usage")).toObject().value(QLatin1String("percpu_usage")).toArray().size());
    return total / system * qMax(cpus, 1.0) * 100;
}

/// Returns the name with a tag or a digest. A colon before a slash separates a port.
QString withTag(const QString &name)
{
    const QString last = name.section(u'/', -1);
    return last.contains(u':') || last.contains(u'@') ? name : name + QStringLiteral(":latest");
}

/// Returns whether an image name begins with the host of a registry.
bool hasRegistry(const QString &name)
{
    if (!name.contains(u'/'))
        return false;
    const QString first = name.section(u'/', 0, 0);
    return first.contains(u'.') || first.contains(u':') || first == QLatin1String("localhost");
}

/// Returns the name with registry, path and tag: "docker.io/library/noop:latest" for "noop".
QString completeName(const QString &name)
{
    QString complete = withTag(name);
    if (!hasRegistry(complete))
        complete.prepend(QStringLiteral("docker.io/"));
    if (complete.startsWith(QLatin1String("docker.io/")) && complete.count(u'/') == 1)
        complete.insert(complete.indexOf(u'/') + 1, QStringLiteral("library/"));
    return complete;
}

/// Returns Docker's name of an action that Podman names differently.
QString actionOf(const QJsonObject &json)
{
    const QString action = json.value(QLatin1String("Action")).toString();
    if (action == QLatin1String("died"))
        return QStringLiteral("die");
    if (action == QLatin1String("remove"))
        return QStringLiteral("destroy");
    const QString health = json.value(QLatin1String("HealthStatus")).toString();
    if (action == QLatin1String("health_status") && !health.isEmpty())
        return action + QStringLiteral(": ") + health;
    return action;
}

} // namespace

DockerImage DockerImage::fromJson(const QJsonObject &json)
{
    DockerImage image;
    image.id = json.value(QLatin1String("Id")).toString();
    image.tags = listOf(json.value(QLatin1String("RepoTags")));
    image.tags.removeAll(QStringLiteral("<none>:<none>"));
    image.tags.removeAll(QString());
    image.bytes = countOf(json.value(QLatin1String("Size")));
    image.createdAt = timeOf(json.value(QLatin1String("Created")));
    const QJsonObject configuration = json.value(QLatin1String("Config")).toObject();
    const QJsonValue labels = json.value(QLatin1String("Labels"));
    image.labels = textsOf(labels.isObject() ? labels : configuration.value(QLatin1String("Labels")));
    image.user = configuration.value(QLatin1String("User")).toString();
    image.entrypoint = listOf(configuration.value(QLatin1String("Entrypoint")));
    image.command = listOf(configuration.value(QLatin1String("Cmd")));
    return image;
}

bool DockerImage::hasName(const QString &name) const
{
    if (id == name)
        return true;
    const QString wanted = completeName(name);
    // Podman resolves a name without a registry to its own images first.
    const QString local = hasRegistry(name) ? QString() : QStringLiteral("localhost/") + withTag(name);
    return std::any_of(tags.cbegin(), tags.cend(), [&wanted, &local](const QString &tag) {
        return completeName(tag) == wanted || (!local.isEmpty() && tag == local);
    });
}

DockerContainer DockerContainer::fromJson(const QJsonObject &json)
{
    DockerContainer container;
    container.id = json.value(QLatin1String("Id")).toString();
    const QJsonObject configuration = json.value(QLatin1String("Config")).toObject();
    container.name = json.value(QLatin1String("Name")).toString();
    const QStringList names = listOf(json.value(QLatin1String("Names")));
    for (const QString &name : names) {
        if (container.name.isEmpty() && name.count(u'/') == 1) // "/other/alias" is an alias in another container
            container.name = name;
    }
    if (container.name.startsWith(u'/'))
        container.name.remove(0, 1);
    const QString image = configuration.value(QLatin1String("Image")).toString();
    container.image = image.isEmpty() ? json.value(QLatin1String("Image")).toString() : image;
    const QJsonValue labels = json.value(QLatin1String("Labels"));
    container.labels = textsOf(labels.isObject() ? labels : configuration.value(QLatin1String("Labels")));
    container.user = configuration.value(QLatin1String("User")).toString();
    container.hasTty = configuration.value(QLatin1String("Tty")).toBool();
    const QJsonValue stateValue = json.value(QLatin1String("State"));
    if (stateValue.isString()) {
        container.state = stateValue.toString();
        return container;
    }
    const QJsonObject state = stateValue.toObject();
    container.state = state.value(QLatin1String("Status")).toString();
    container.pid = countOf(state.value(QLatin1String("Pid")));
    container.exitCode = state.value(QLatin1String("ExitCode")).toInt();
    container.outOfMemory = state.value(QLatin1String("OOMKilled")).toBool();
    container.error = state.value(QLatin1String("Error")).toString();
    container.health = state.value(QLatin1String("Health")).toObject().value(QLatin1String("Status")).toString();
    if (container.health == QLatin1String("none"))
        container.health.clear();
    container.startedAt = timeOf(state.value(QLatin1String("StartedAt")));
    // A container that was started again keeps the time of its last end.
    if (!container.isRunning())
        container.finishedAt = timeOf(state.value(QLatin1String("FinishedAt")));
    return container;
}

std::optional<ContainerEvent> ContainerEvent::fromJson(const QJsonObject &json)
{
    if (json.value(QLatin1String("Type")) != QLatin1String("container"))
        return std::nullopt;
    const QJsonObject actor = json.value(QLatin1String("Actor")).toObject();
    ContainerEvent event;
    event.action = actionOf(json);
    event.id = actor.value(QLatin1String("ID")).toString();
    event.attributes = textsOf(actor.value(QLatin1String("Attributes")));
    // Podman sends this attribute with every event; it has a meaning only after the end.
    const QString podmanExitCode = event.attributes.value(QStringLiteral("containerExitCode"));
    if (event.action == QLatin1String("die") && !podmanExitCode.isEmpty()
        && !event.attributes.contains(QStringLiteral("exitCode")))
        event.attributes.insert(QStringLiteral("exitCode"), podmanExitCode);
    event.timeNano = countOf(json.value(QLatin1String("timeNano")));
    return event;
}

std::optional<ContainerSample> ContainerSample::fromJson(const QJsonObject &json)
{
    const QJsonObject cpu = json.value(QLatin1String("cpu_stats")).toObject();
    const QJsonObject memory = json.value(QLatin1String("memory_stats")).toObject();
    const QJsonObject processes = json.value(QLatin1String("pids_stats")).toObject();
    const qint64 used = countOf(cpu.value(QLatin1String("cpu_usage")).toObject().value(QLatin1String("total_usage")));
    // For an ended container the engine sends an object whose values are empty.
    if (used == 0 && !memory.contains(QLatin1String("usage"))
        && countOf(processes.value(QLatin1String("current"))) == 0)
        return std::nullopt;
    ContainerSample sample;
    sample.cpuPercent = cpuPercentOf(cpu, json.value(QLatin1String("precpu_stats")).toObject());
    sample.cpuSeconds = double(used) / 1e9;
    const QJsonObject details = memory.value(QLatin1String("stats")).toObject();
    const QJsonValue totalInactive = details.value(QLatin1String("total_inactive_file"));
    const qint64 reclaimable = countOf(totalInactive.isDouble() ? totalInactive
                                                                : details.value(QLatin1String("inactive_file")));
    const qint64 usage = countOf(memory.value(QLatin1String("usage")));
    sample.memoryBytes = reclaimable < usage ? usage - reclaimable : usage;
    const qint64 limit = countOf(memory.value(QLatin1String("limit")));
    sample.memoryLimit = limit < (qint64(1) << 60) ? limit : 0; // without a limit the kernel reports a huge number
    sample.processes = int(
        qMin<qint64>(countOf(processes.value(QLatin1String("current"))), std::numeric_limits<int>::max()));
    return sample;
}

} // namespace lifeguard
