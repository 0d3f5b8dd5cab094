using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Host;

namespace Guest.Tool;

/// <summary>Gets Debian packages that are missing: by apt-get where this process may, by naming them where it may not.</summary>
internal static class HostPackages
{
    /// <summary>The packages of those requirements that are not met.</summary>
    public static IReadOnlyList<string> Missing(IEnumerable<HostRequirement> requirements) =>
        [.. requirements.Where(requirement => !requirement.IsMet).Select(requirement => requirement.Package).Distinct()];

    /// <summary>Returns once all requirements are met; throws, with what to do, if they cannot be.</summary>
    public static void Require(IEnumerable<HostRequirement> requirements) => Require([.. requirements], Environment.IsPrivilegedProcess);

    /// <param name="requirements">What must be here.</param>
    /// <param name="mayInstall">Whether to install what is not.</param>
    public static void Require(IReadOnlyList<HostRequirement> requirements, bool mayInstall)
    {
        IReadOnlyList<string> packages = Missing(requirements);
        if (packages.Count == 0)
            return;
        List<string> install = ["install", "-y", "--no-install-recommends", .. packages];
        string command = $"apt-get {string.Join(' ', install)}";
        if (!mayInstall)
            throw new RigException($"Missing: {string.Join(", ", packages)}. As root, run: {command}");
        Say.Note(command);
        // An index may be there and still name the packages; if not, fetch it and try once more.
        if (!AptGet(install) && !(AptGet(["update"]) && AptGet(install)))
            throw new RigException($"{string.Join(", ", packages)} could not be installed; apt-get's messages are above.");
        IReadOnlyList<string> still = Missing(requirements);
        if (still.Count > 0)
            throw new RigException($"Installed, and yet not found: {string.Join(", ", still)}");
    }

    private static bool AptGet(IEnumerable<string> arguments)
    {
        // Wait for another apt rather than fail beside it, and never ask.
        ProcessStartInfo start = new("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=300", .. arguments]);
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        try
        {
            using Process process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception cause)
        {
            throw new RigException($"This is not a Debian host ({cause.Message}): install what is missing by other means.", cause);
        }
    }
}
