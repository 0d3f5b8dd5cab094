using System.Collections.Generic;
using System.IO;
using System.Linq;
using Guest.Rig.Host;

namespace Guest.Rig.Linux;

/// <summary>The web server that everybody knows, as Debian has it, for the Linux guest. It is unpacked here and not installed: a package that is installed would start it.</summary>
public static class NginxService
{
    private const string Package = "nginx";
    private const string Program = "/usr/sbin/nginx";

    // Debian's own settings but for the log, which ours does not write either, and for connections that are never closed for having been used enough.
    private const string Settings = """
        user root root;
        worker_processes 1;
        pid /run/nginx.pid;
        daemon off;
        events { worker_connections 768; }
        http {
          sendfile on;
          tcp_nopush on;
          default_type text/plain;
          access_log off;
          keepalive_requests 1000000000;
          keepalive_timeout 3600;
          server { listen 80; root /www; }
        }

        """;

    /// <summary>Gets the package and says how it serves one page.</summary>
    /// <param name="repository">Where it is kept, under artifacts.</param>
    /// <param name="page">The page's path.</param>
    /// <param name="content">The page.</param>
    public static LinuxService Prepare(Repository repository, string page, byte[] content)
    {
        string folder = Path.Combine(repository.Root, "artifacts", "linux", Package);
        string program = folder + Program;
        using (repository.HoldForBuilding())
        {
            Directory.CreateDirectory(folder);
            if (!File.Exists(program))
                Get(folder);
            WriteNew(Path.Combine(folder, "nginx.conf"), System.Text.Encoding.ASCII.GetBytes(Settings));
            WriteNew(Path.Combine(folder, "passwd"), "root:x:0:0:root:/:/bin/sh\n"u8.ToArray());
            WriteNew(Path.Combine(folder, "group"), "root:x:0:\n"u8.ToArray());
            WriteNew(Path.Combine(folder, "page"), content);
        }

        Dictionary<string, string> files = new()
        {
            [Program] = program,
            ["/etc/nginx.conf"] = Path.Combine(folder, "nginx.conf"),
            ["/etc/passwd"] = Path.Combine(folder, "passwd"),
            ["/etc/group"] = Path.Combine(folder, "group"),
            ["/www" + page] = Path.Combine(folder, "page"),
        };
        foreach (string library in LinuxService.Libraries(program))
            files[library] = library;
        return new LinuxService($"{{ mkdir -p /var/lib/nginx /var/log/nginx; exec {Program} -e stderr -c /etc/nginx.conf; }}", files);
    }

    private static void Get(string folder)
    {
        ShellResult got = Shell.RunIn(folder, "apt-get", "-q", "download", Package);
        if (got.ExitCode != 0)
            throw new RigException($"nginx could not be got from Debian: {got.Errors.Trim()}");
        string package = Directory.EnumerateFiles(folder, Package + "_*.deb").Max()!;
        Shell.Require("dpkg", "-x", package, folder);
    }

    // A file system is made anew for files that are newer.
    private static void WriteNew(string file, byte[] content)
    {
        if (!File.Exists(file) || !File.ReadAllBytes(file).SequenceEqual(content))
            File.WriteAllBytes(file, content);
    }
}
