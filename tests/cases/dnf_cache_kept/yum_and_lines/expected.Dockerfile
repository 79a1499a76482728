FROM rockylinux:9
RUN yum -y install \
        httpd \
        mod_ssl \
        && yum clean all
