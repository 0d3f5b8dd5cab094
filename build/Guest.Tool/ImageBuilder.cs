using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Host;

namespace Guest.Tool;

/// <summary>Builds an application and the kernel into one image, where that is older than what it is made from.</summary>
internal sealed class ImageBuilder(Repository repository)
{
    private static readonly string[] s_sharedSources = ["kernel", "build/Guest.Sdk"];

    /// <summary>Builds if needed and returns the image's path.</summary>
    public string Build(string application)
    {
        string project = repository.ProjectOf(application);
        string image = repository.ImageOf(application);
        if (IsFresh(image, Path.GetDirectoryName(project)!))
            return image;
        using IDisposable held = repository.HoldForBuilding(Say.Note);
        if (IsFresh(image, Path.GetDirectoryName(project)!))
            return image;

        DateTime begun = DateTime.UtcNow;
        Stopwatch time = Stopwatch.StartNew();
        ShellResult result = Shell.RunLong("dotnet", "build", project, "--nologo", "--verbosity", "quiet", "--property:GuestImage=true");
        if (result.ExitCode != 0)
            throw repository.BuildFailure(application, result);
        if (!File.Exists(image))
            throw new RigException($"The build of {application} left no image at {image}.");
        // The build may have found that nothing changed in substance; then the old image is the right one. What is edited while it is built is
        // built the next time.
        File.SetLastWriteTimeUtc(image, begun);
        Say.Note($"built {Path.GetRelativePath(repository.Root, image)}, {Size(image)}, in {time.Elapsed.TotalSeconds:0.0} s");
        return image;
    }

    /// <summary>A file's size as people read it.</summary>
    public static string Size(string file) => $"{new FileInfo(file).Length / 1024.0:0.0} KiB";

    private bool IsFresh(string image, string application)
    {
        if (!File.Exists(image))
            return false;
        DateTime built = File.GetLastWriteTimeUtc(image);
        IEnumerable<string> folders = s_sharedSources.Select(folder => Path.Combine(repository.Root, folder)).Append(application);
        IEnumerable<string> files = folders
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(repository.Root, "Directory.*"));
        return files.All(file => File.GetLastWriteTimeUtc(file) <= built);
    }
}
